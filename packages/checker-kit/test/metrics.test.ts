import { createLogger, type Stoppable } from '@callback-quorum/service'
import { afterEach, expect, test } from 'vitest'
import { scrape, type Scrape } from '../../../test/scrape.ts'
import { startHeldClaims } from '../src/held-claims.ts'
import { APPROVE, scriptedRule, startCheckerRig, transfer, type CheckerRig } from './checker-rig.ts'
import { startClaimsRig, type Asked } from './claims-rig.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const METRICS = 'metrics: { listen: "127.0.0.1:0" }'
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 10_000 })

async function start(
  rules = [scriptedRule('first')],
  extra = METRICS,
): Promise<{ rig: CheckerRig; look: () => Promise<Scrape> }> {
  const rig = await startCheckerRig(rules, extra)
  closing.push(() => rig.close())
  return { rig, look: () => scrape(rig.checker.metricsUrl) }
}

test('rules are counted while they are asked, and no more once their time is up', async () => {
  const rules = [scriptedRule('first'), scriptedRule('second')]
  const { promise, resolve } = Promise.withResolvers<typeof APPROVE>()
  for (const rule of rules) rule.judgeSays = () => promise
  const { rig, look } = await start(rules, `deadline: 1500ms\n${METRICS}`)
  const inFlight = async (): Promise<number | undefined> => (await look()).value('rules_in_flight')
  expect(await inFlight()).toBe(0)
  const first = rig.ask(transfer('t-1'))
  await eventually(inFlight).toBe(2)
  const second = rig.ask(transfer('t-2'))
  await eventually(inFlight).toBe(4)
  await Promise.all([first, second])
  expect(await inFlight()).toBe(0)
  resolve(APPROVE)
})

test('a checker says of the kinds that it judges how many transactions are held', async () => {
  const { look } = await start([scriptedRule('first', ['keysign', 'keygen'])])
  await eventually(async () => (await look()).value('claims_held', { kind: 'keysign' })).toBe(0)
  expect((await look()).all('claims_held').map(({ labels }) => labels['kind'])).toEqual(['keysign', 'keygen'])
})

test('a transaction is held from its approval until a notice gives it back, for an approval and a signing each', async () => {
  const rig = await startClaimsRig()
  closing.push(() => rig.close())
  const { registry, database } = rig
  const log = createLogger({ level: 'silent', name: 'rig' })
  const counting: Stoppable = startHeldClaims({
    registry,
    database,
    log,
    kinds: ['tx-approval', 'tx-signing'],
    everyMs: 20,
  })
  closing.push(() => counting.stop())
  const held = async (): Promise<Readonly<Record<string, number>>> => {
    const { values = [] } = (await registry.getSingleMetric('callback_quorum_claims_held')?.get()) ?? {}
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels.kind), value]))
  }
  const [one, other]: readonly Asked[] = [{ txId: 'tx-1' }, { txId: 'tx-2' }]
  if (one === undefined || other === undefined) throw new Error('two were written')
  const signing: Asked = { ...one, kind: 'tx-signing', caller: 'cosigner/signer', hashes: ['aa'] }
  await eventually(held).toEqual({ 'tx-approval': 0, 'tx-signing': 0 })
  for (const asked of [one, other, { ...one, caller: 'cosigner/b' }, signing]) await rig.ask(asked)
  // Two approvers of one transaction hold it once.
  await eventually(held).toEqual({ 'tx-approval': 2, 'tx-signing': 1 })
  await rig.tell(other, 'rejected')
  await rig.tell(signing, 'approved')
  await eventually(held).toEqual({ 'tx-approval': 1, 'tx-signing': 1 })
  await database.query({ text: 'alter table attempt rename to attempt_gone' })
  await eventually(held).toEqual({})
  await database.query({ text: 'alter table attempt_gone rename to attempt' })
  await eventually(held).toEqual({ 'tx-approval': 1, 'tx-signing': 1 })
})

test('counters that can count something here begin at 0', async () => {
  const { look } = await start(undefined, `outside_remit: { approve: [keygen] }\n${METRICS}`)
  const now = await look()
  for (const kind of ['keysign', 'keygen'])
    for (const outcome of ['approved', 'rejected', 'failed'])
      expect(now.value('verdicts_total', { kind, outcome })).toBe(0)
  expect(now.value('outcomes_total', { outcome: 'abandoned', effect: 'contradiction' })).toBe(0)
  expect(now.value('approvals_let_go_total', { effect: 'kept' })).toBe(0)
})
