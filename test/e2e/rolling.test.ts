import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping } from '@callback-quorum/cli'
import { businessKey, digestOf, signOutcome, type OutcomeNotice } from '@callback-quorum/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HAS_HAPROXY } from './proxy-process.ts'
import { renewServerCertificate, servedCertificate } from './renewed-certificate.ts'
import { startRollingRig, type Replica, type RollingRig } from './rolling-rig.ts'
import { askOnce, startTraffic, type Asker } from './rolling-traffic.ts'

const without = HAS_HAPROXY ? 'behind haproxy' : "(left out: Debian's package haproxy is not installed)"
const TEST_MS = 240_000
/** Fewer would show nothing. */
const REQUESTS_MIN = 10
/** The moment that docs/upgrade-and-rotation.md leaves: one in some thousand on a machine that is busy with other things. */
const CUT_MAX = 1

describe.runIf(HAS_HAPROXY)(`two gateways and two checkers of one kind ${without}`, () => {
  let rig: RollingRig
  beforeAll(async () => {
    rig = await startRollingRig()
  }, 300_000)
  afterAll(() => rig.close(), 60_000)

  /** Every payment asked meanwhile is approved when it is first asked, but for one that was cut and is then approved. Prints how many there were. */
  async function underTraffic(key: string, work: (signWith: (asker: Asker) => void) => Promise<void>): Promise<void> {
    const traffic = startTraffic(await rig.asker(key))
    const worked = await work(traffic.signWith).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    const { exchanges, askedAgain } = await traffic.stop()
    if (worked !== undefined) throw worked.error
    const slowest = Math.max(...exchanges.map(({ ms }) => ms))
    const failures = exchanges.filter(({ result }) => result !== 'approve')
    console.log(
      `${String(exchanges.length)} requests, ${String(failures.length)} failed, slowest ${String(slowest)} ms`,
    )
    const text = JSON.stringify(failures.map(({ body: _, ...rest }) => rest))
    expect(
      failures.filter(({ result }) => result !== 'no_answer'),
      text,
    ).toEqual([])
    expect(failures.length, text).toBeLessThanOrEqual(CUT_MAX)
    expect(
      askedAgain.filter(({ result }) => result !== 'approve'),
      text,
    ).toEqual([])
    expect(exchanges.length).toBeGreaterThan(REQUESTS_MIN)
  }

  test('are restarted one after the other, and no payment waits for it', { timeout: TEST_MS }, async () => {
    await underTraffic('node-demo', async () => {
      await rig.roll('integrity')
      await rig.roll('gateway')
    })
  })

  test('change three keys, and no payment waits for it', { timeout: TEST_MS }, async () => {
    for (const name of ['node-new', 'integrity-new', 'internal-new']) await rig.makeKey(name)
    const old = (name: string): Mapping => ({ file: `keys/${name}.pub`, not_after: '2099-12-31' })
    const added = (name: string, former: string): readonly Mapping[] => [{ file: `keys/${name}.pub` }, old(former)]
    await underTraffic('node-demo', async (signWith) => {
      // Whoever verifies learns the new key.
      await editKeys({
        node: added('node-new', 'node-demo'),
        integrity: added('integrity-new', 'integrity'),
        internal: added('internal-new', 'gateway-internal'),
      })
      await rollBoth()
      // Whoever signs changes to it.
      signWith(await rig.asker('node-new'))
      await rig.edit('integrity', (config) => ({ ...config, identity: { private_key: 'keys/integrity-new.pem' } }))
      const identity = { private_key: 'keys/gateway.pem', internal_key: 'keys/internal-new.pem' }
      await rig.edit('gateway', (config) => ({ ...config, identity }))
      await rollBoth()
      // The old one is forgotten.
      await expect.poll(owed, { timeout: 20_000, interval: 200 }).toBeLessThan(5)
      const only = (name: string): readonly Mapping[] => [{ file: `keys/${name}.pub` }]
      await editKeys({ node: only('node-new'), integrity: only('integrity-new'), internal: only('internal-new') })
      await rollBoth()
    })
    expect(await askOnce(await rig.asker('node-demo'))).toMatchObject({ result: 'status', status: 20, action: null })
    expect(await askOnce(await rig.asker('node-new'))).toMatchObject({ result: 'approve', status: 0 })
    expect(await noticeStatus('gateway-internal')).toBe(401)
    // Verified, and about nobody whom the checker knows.
    expect(await noticeStatus('internal-new')).toBe(400)
    await expect.poll(owed, { timeout: 20_000, interval: 200 }).toBe(0)
  })

  test('serve renewed certificates without a restart', { timeout: TEST_MS }, async () => {
    const { port } = rig.replicas.gateway[0]
    const before = await servedCertificate(rig.certificates, port)
    await underTraffic('node-new', async () => {
      const renewed = await renewServerCertificate(rig.certificates)
      expect(renewed).not.toBe(before)
      for (const replica of rig.replicas.gateway)
        await expect
          .poll(() => servedCertificate(rig.certificates, replica.port), { timeout: 60_000, interval: 200 })
          .toBe(renewed)
    })
  })

  test('tell that one of them has another configuration', { timeout: TEST_MS }, async () => {
    const [, second] = rig.replicas.gateway
    const before = await configOf(second)
    await underTraffic('node-new', async () => {
      await rig.restart(second)
      expect(await configOf(second)).toBe(before)
      await rig.edit('gateway', (config) => ({ ...config, deadline: { cobo: '7s' } }), second)
      await rig.restart(second)
    })
    expect(await configOf(second)).not.toBe(before)
  })

  const rollBoth = (): Promise<unknown> => Promise.all([rig.roll('integrity'), rig.roll('gateway')])

  /** Which public keys of the three are accepted, wherever they are. */
  async function editKeys(
    keys: Readonly<Record<'node' | 'integrity' | 'internal', readonly Mapping[]>>,
  ): Promise<void> {
    const { node, integrity, internal } = keys
    const caller = (config: Mapping): Mapping => ({ ...config, callers: withKeys(config['callers'], node) })
    await rig.edit('integrity', (config) => ({ ...caller(config), gateway: { pubkey_path: internal } }))
    await rig.edit('gateway', (config) => ({ ...caller(config), checkers: withKeys(config['checkers'], integrity) }))
  }

  async function configOf(replica: Replica): Promise<string | undefined> {
    return /^callback_quorum_config_info\{.*digest="([0-9a-f]{64})"/m.exec(await rig.scrape(replica))?.[1]
  }

  /** Notices that no checker has acknowledged yet. */
  async function owed(): Promise<number> {
    const text = await rig.scrape(rig.replicas.gateway[0])
    const values = [...text.matchAll(/^callback_quorum_outbox_owed(?:\{.*\})? (\d+)$/gm)].map(([, value]) =>
      Number(value),
    )
    if (values.length === 0) throw new Error('there is no series outbox_owed')
    return values.reduce((sum, value) => sum + value, 0)
  }

  /** What a checker answers to a notice signed with this key. */
  async function noticeStatus(key: string): Promise<number> {
    const privateKey = createPrivateKey(await readFile(join(rig.folder, 'keys', `${key}.pem`)))
    const body = await signOutcome(NOTICE, privateKey, Date.now())
    const url = `http://127.0.0.1:${String(rig.replicas.integrity[0].port)}/v2/outcome`
    return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/jwt' }, body })).status
  }
})

/** About a payment of somebody whom nobody here knows. */
const NOTICE: OutcomeNotice = {
  aud: 'integrity',
  caller: 'a'.repeat(64),
  dialect: 'cobo-v2',
  kind: 'keysign',
  request_id: 'never-asked',
  digest: digestOf(new Uint8Array()),
  business_key: businessKey('cobo', 'nobody', 'never-asked'),
  outcome: 'abandoned',
}

const withKeys = (entries: unknown, keys: readonly Mapping[]): readonly Mapping[] =>
  (entries as readonly Mapping[]).map((entry) => ({ ...entry, pubkey_path: keys }))
