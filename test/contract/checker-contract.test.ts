import { createPublicKey, randomUUID } from 'node:crypto'
import { env } from 'node:process'
import { CHECKER_NAMES, type CheckerName } from '@callback-quorum/cli'
import { businessKey, digestOf, readVerdict, signOutcome } from '@callback-quorum/protocol'
import {
  CUSTODY,
  fingerprintOf,
  forgeToken,
  FORGERIES,
  makeV2KeyReshare,
  makeV2Ping,
  packageBytes,
  requestIdOf,
  type CoboPackage,
  type Exchange,
} from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startContractRig, type ContractRig } from './contract-rig.ts'
import { paymentOf, REFUSED } from './payments.ts'

/** The team that releases its checker says which; otherwise all of them. */
const { CONTRACT_CHECKER } = env
const FIRST_PORT = 14_020
const PORTS_EACH = 300
const ANSWER_MS_MAX = 8_000

const names = CHECKER_NAMES.filter((name) => CONTRACT_CHECKER === undefined || name === CONTRACT_CHECKER)

test('the checker to be released is one that exists', () => {
  expect(names, `CONTRACT_CHECKER=${String(CONTRACT_CHECKER)}`).not.toEqual([])
})

/** What a node and a gateway rely on, whoever wrote the checker. */
describe.each(names)('the contract of %s', (name: CheckerName) => {
  let rig: ContractRig
  beforeAll(async () => {
    rig = await startContractRig(name, FIRST_PORT + PORTS_EACH * CHECKER_NAMES.indexOf(name))
  }, 120_000)
  afterAll(() => rig.close(), 60_000)

  const askDirectly = async (content: CoboPackage, token?: string): Promise<Exchange> => {
    const [exchange] = await rig.node(rig.checker).askOnce(content, token === undefined ? {} : { token })
    if (exchange === undefined) throw new Error('nobody was asked')
    expect(exchange.ms).toBeLessThan(ANSWER_MS_MAX)
    return exchange
  }

  test('a ping is answered as available and decides nothing', async () => {
    const answer = await askDirectly(makeV2Ping({ request_id: 'ping-1' }))
    expect(answer).toMatchObject({ result: 'status', status: 0, requestId: 'ping-1' })
    expect(answer.action ?? null).toBeNull()
  })

  test('a payment it has nothing against is approved, by a verdict about this very question', async () => {
    const content = paymentOf(await rig.order())
    const answer = await askDirectly(content)
    expect(answer, answer.error).toMatchObject({ result: 'approve', status: 0 })
    const asked = {
      checker: name,
      caller: fingerprintOf(createPublicKey(rig.nodeKey)),
      dialect: 'cobo-v2',
      kind: 'keysign',
      requestId: requestIdOf(content),
      digest: digestOf(packageBytes(content)),
    } as const
    const { startedAtMs: notBeforeMs } = answer
    const said = { status: 0, action: 'APPROVE', notBeforeMs, notAfterMs: Date.now() }
    expect(readVerdict(answer.verdict, { ...asked, ...said })).toMatchObject({ verdict: { judged: true, codes: [] } })
    expect(readVerdict(answer.verdict, { ...asked, ...said, requestId: 'another' })).toEqual({
      mismatches: ['request_id'],
    })
  })

  test('asked again it says the same, also after it was killed and started again', async () => {
    const content = paymentOf(await rig.order())
    expect((await askDirectly(content)).result).toBe('approve')
    await rig.constellation.kill(name)
    await rig.constellation.start(name)
    expect((await askDirectly(content)).result).toBe('approve')
  }, 60_000)

  test('other content for a transaction it approved is refused, under the same id and under another', async () => {
    const reference = await rig.order()
    const coboId = randomUUID()
    const requestId = randomUUID()
    expect((await askDirectly(paymentOf(reference, { coboId, requestId }))).result).toBe('approve')
    const other = { coboId, amount: '1249' }
    expect((await askDirectly(paymentOf(reference, { ...other, requestId }))).result).toBe('reject')
    expect((await askDirectly(paymentOf(reference, other))).result).toBe('reject')
  })

  test(`${REFUSED[name].what} is refused with ${REFUSED[name].code}, directly and through the gateway`, async () => {
    const content = paymentOf(await rig.order(), REFUSED[name].payment)
    const answer = await askDirectly(content)
    expect(answer).toMatchObject({ result: 'reject', status: 0, action: 'REJECT' })
    expect(answer.verdict).toMatchObject({
      outcome: 'reject',
      codes: expect.arrayContaining([REFUSED[name].code]) as unknown,
    })
    const { decision, reason } = await rig.node(rig.gateway).ask(paymentOf(await rig.order(), REFUSED[name].payment))
    expect(decision).toBe('REJECT')
    expect(reason).toContain(`${name}: ${REFUSED[name].code}`)
  })

  test('the gateway believes its verdict and approves; the node believes both at once', async () => {
    const result = await rig.node(rig.gateway, rig.checker).ask(paymentOf(await rig.order()))
    expect(result, result.reason).toMatchObject({ decision: 'APPROVE' })
  })

  test.each(FORGERIES)('a token that is forged (%s) is answered and approved nowhere', async (forgery) => {
    const content = paymentOf(await rig.order())
    const token = forgeToken(forgery, content, { privateKey: rig.nodeKey })
    const answer = await askDirectly(content, token)
    expect(answer).toMatchObject({ result: 'status', http: 200 })
    expect([10, 20]).toContain(answer.status)
    expect(answer.action ?? null).toBeNull()
  })

  test('a move of the key to other nodes, which nobody allowed, is never approved', async () => {
    const answer = await askDirectly(makeV2KeyReshare({ createdAtMs: Date.now() }))
    expect(answer.result).toBe('reject')
  })

  test('it takes an outcome from its gateway alone, and gives back what was rejected', async () => {
    const coboId = randomUUID()
    const content = paymentOf(await rig.order(), { coboId })
    expect((await askDirectly(content)).result).toBe('approve')
    const notice = {
      aud: name,
      caller: fingerprintOf(createPublicKey(rig.nodeKey)),
      dialect: 'cobo-v2',
      kind: 'keysign',
      request_id: requestIdOf(content),
      digest: digestOf(packageBytes(content)),
      business_key: businessKey('cobo', CUSTODY.organisation, coboId),
      outcome: 'rejected',
    } as const
    const tell = async (key: ContractRig['nodeKey']): Promise<number> => {
      const url = new URL('/v2/outcome', rig.checker.serviceAddress)
      const body = await signOutcome(notice, key, Date.now())
      return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/jwt' }, body })).status
    }
    expect(await tell(rig.nodeKey)).toBe(401)
    expect((await askDirectly(content)).result).toBe('approve')
    expect(await tell(rig.internalKey)).toBe(200)
    expect(await tell(rig.internalKey)).toBe(200)
    expect((await askDirectly(content)).result).toBe('reject')
  })

  test('it says how it is: ready, and every series that alerts of all checkers stand on', async () => {
    expect((await fetch(`${rig.checker.metricsUrl}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${rig.checker.metricsUrl}/metrics`)).text()
    for (const series of [
      'verdicts_total',
      'verdict_codes_total',
      'claim_seconds',
      'outcomes_total',
      'token_failures_total',
    ])
      expect(metrics).toMatch(new RegExp(`^callback_quorum_${series}(_bucket|_count)?\\{[^\\n]*service="${name}"`, 'm'))
  })

  test('told to stop it ends in time, with nothing left undone', async () => {
    expect(await rig.constellation.stop(name)).toEqual({ code: 0, signal: null })
    await expect(fetch(`${rig.checker.metricsUrl}/readyz`)).rejects.toThrow()
    await rig.constellation.start(name)
  }, 60_000)
})
