import { parseAmount } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { createMetricsRegistry } from '@callback-quorum/service'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { knownPayment, type Connector, type LookUp } from '../../src/index.ts'
import { createLookupMetrics } from '../../src/metrics.ts'
import { createReferenceReader } from '../../src/reference.ts'
import { ASSETS, outcomeOf, payment, settings, startLookupRig, type LookupRig } from '../lookup-rig.ts'

let rig: LookupRig
beforeAll(async () => {
  rig = await startLookupRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  await (await rig.business.open()).query({ text: 'delete from withdrawal' })
  await rig.database.query({ text: 'truncate claim, claim_holder, platform_said' })
})

/** A connector that says what a test writes. */
const saying = (lookUp: LookUp, more: Partial<Connector> = {}): Connector => ({
  kind: 'inbox',
  lookUp: () => Promise.resolve(lookUp),
  problems: () => Promise.resolve([]),
  close: () => Promise.resolve(),
  ...more,
})
const ruleOf = (connector: Connector) => {
  const rules = settings(rig.business.url)
  const registry = createMetricsRegistry('rig')
  const readReference = createReferenceReader(rules.reference)
  const rule = knownPayment({ rules, readReference, connector, assets: ASSETS, metrics: createLookupMetrics(registry) })
  const { judge, claim } = rule
  if (judge === undefined || claim === undefined) throw new Error('known-payment judges and claims')
  return { judge, claim, registry }
}
const times = { now: new Date('2026-11-21T12:00:00Z'), firstAskedAt: new Date('2026-11-21T12:00:00Z') }
const context = { ...times, signal: AbortSignal.timeout(60_000), leftMs: 60_000 }

test('B10: what is committed four seconds after the first asking is approved then', async () => {
  expect(outcomeOf(await rig.judge(payment()))).toBe('unable INTENT_NOT_FOUND')
  await rig.add({})
  expect(outcomeOf(await rig.judge(payment(), { firstAskedAgoMs: 4_000 }))).toBe('approve')
})

test('B11: what never appears is "not yet" for 15 seconds and then a rejection', async () => {
  expect(outcomeOf(await rig.judge(payment(), { firstAskedAgoMs: 14_999 }))).toBe('unable INTENT_NOT_FOUND')
  expect(outcomeOf(await rig.judge(payment(), { firstAskedAgoMs: 15_000 }))).toBe('INTENT_NOT_FOUND')
})

test.each(['CONNECTOR_UNAVAILABLE', 'STALE_REPLICA'] as const)(
  '%s defers for give_up_after from the first asking, and rejects then',
  async (code) => {
    const connector = saying({ found: 'unavailable', code, text: 'away' })
    expect(outcomeOf(await rig.judge(payment(), { connector }))).toBe(`unable ${code}`)
    expect(outcomeOf(await rig.judge(payment(), { connector, firstAskedAgoMs: 599_999 }))).toBe(`unable ${code}`)
    expect(outcomeOf(await rig.judge(payment(), { connector, firstAskedAgoMs: 600_000 }))).toBe(code)
  },
)

test.each(['CONNECTOR_AUTH', 'CONNECTOR_BAD_RESPONSE'] as const)('%s rejects at once', async (code) => {
  const connector = saying({ found: 'refused', code, text: 'no' })
  expect(outcomeOf(await rig.judge(payment(), { connector }))).toBe(code)
})

test('many records are ambiguous', async () => {
  expect(outcomeOf(await rig.judge(payment(), { connector: saying({ found: 'many' }) }))).toBe('REF_AMBIGUOUS')
})

test('B15: 20 transactions at once through the rule: one has the reference', async () => {
  await rig.add({})
  const outcomes = await Promise.all(Array.from({ length: 20 }, async () => outcomeOf(await rig.claim(payment()))))
  expect(outcomes.filter((outcome) => outcome === 'approve')).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome === 'REF_ALREADY_USED')).toHaveLength(19)
})

test('a record that moved while it was compared is "ask again", and nothing is claimed', async () => {
  const asked: unknown[] = []
  let isSame = false
  const connector = saying(
    { found: 'one', intent: intentOf() },
    {
      confirm: async (about, intent, tx) => {
        asked.push([about, intent.recordDigest, await tx.query({ text: 'select 1 as one' })])
        return isSame
      },
    },
  )
  const { judge, claim } = ruleOf(connector)
  const question = payment()
  expect(outcomeOf(await judge(question, context))).toBe('approve')
  const claiming = () => rig.database.transaction((tx) => claim(question, tx, { ...times, alreadyClaimed: false }))
  expect(outcomeOf(await claiming())).toBe('unable INTENT_MOVED')
  expect(await rig.database.query({ text: 'select 1 from claim' })).toEqual([])
  isSame = true
  expect(outcomeOf(await claiming())).toBe('approve')
  expect(asked[0]).toEqual([{ reference: 'WD-1', organisation: 'acme' }, 'f'.repeat(64), [{ one: 1 }]])
})

test('only the very question that was compared can be claimed, not one that is equal to it', async () => {
  const { judge, claim } = ruleOf(saying({ found: 'one', intent: intentOf() }))
  const question = payment()
  expect(outcomeOf(await judge(question, context))).toBe('approve')
  const claiming = (asked: typeof question) =>
    rig.database.transaction((tx) => claim(asked, tx, { ...times, alreadyClaimed: false }))
  await expect(claiming({ ...question })).rejects.toThrow('invariant: what is claimed was compared before')
  expect(outcomeOf(await claiming(question))).toBe('approve')
})

test('what a question was refused for cannot be claimed by an earlier comparison of another one', async () => {
  const { judge, claim } = ruleOf(saying({ found: 'one', intent: intentOf() }))
  const question = payment({ amountAtomic: 1n })
  expect(outcomeOf(await judge(question, context))).toBe('AMOUNT_MISMATCH')
  const claiming = rig.database.transaction((tx) => claim(question, tx, { ...times, alreadyClaimed: false }))
  await expect(claiming).rejects.toThrow('invariant')
})

test('B18: a record that was changed between approval and signing is rejected, also where the request was changed with it', async () => {
  const tell = async (amount: string, more: Partial<Question>): Promise<string> => {
    const { judge, claim } = ruleOf(saying({ found: 'one', intent: intentOf(amount) }))
    const asked = { ...payment({ id: 'tx', amountAtomic: parseAmount(amount, 18) }), ...more }
    const judged = await judge(asked, context)
    if (judged.outcome !== 'approve') return outcomeOf(judged)
    return outcomeOf(await rig.database.transaction((tx) => claim(asked, tx, { ...times, alreadyClaimed: false })))
  }
  expect(await tell('1.5', { kind: 'tx-approval' })).toBe('approve')
  expect(await tell('2', { kind: 'tx-signing', slots: ['n:7'] })).toBe('INTENT_CHANGED')
  expect(await tell('1.50', { kind: 'tx-signing', slots: ['n:7'] })).toBe('approve')
  expect(await rig.database.query({ text: 'select slots from claim' })).toEqual([{ slots: ['n:7'] }])
})

test('look-ups are counted by outcome and first code, and the time of the business system by outcome', async () => {
  const { judge, registry } = ruleOf(saying({ found: 'one', intent: intentOf() }))
  await judge(payment(), context)
  await judge(payment({ amountAtomic: 1n }), context)
  await judge(payment({ reference: 'other' }), context)
  const text = await registry.metrics()
  const value = (series: string, ...labels: readonly string[]): string | undefined =>
    text
      .split('\n')
      .find(
        (line) => line.startsWith(`callback_quorum_lookup_${series}{`) && labels.every((label) => line.includes(label)),
      )
      ?.split(' ')
      .at(-1)
  expect(value('total', 'connector="inbox"', 'outcome="approved"', 'code="none"')).toBe('1')
  expect(value('total', 'outcome="rejected"', 'code="AMOUNT_MISMATCH"')).toBe('1')
  expect(value('total', 'outcome="rejected"', 'code="REF_INVALID"')).toBe('1')
  expect(value('seconds_count', 'connector="inbox"', 'outcome="approved"')).toBe('1')
  expect(value('seconds_count', 'outcome="rejected"')).toBe('1')
})

/** The record of payment(), as a connector reads it. */
function intentOf(amount = '1.5'): Extract<LookUp, { found: 'one' }>['intent'] {
  const text = (value: string) => ({ is: 'text', text: value }) as const
  const absent = { is: 'absent' } as const
  const { outputs } = payment()
  return {
    status: text('approved'),
    asset: text('ETH'),
    expiresAt: text('2026-11-21T13:00:00Z'),
    initiator: absent,
    source: absent,
    calldata: absent,
    proof: absent,
    outputs: [{ amount: text(amount), destination: text(outputs[0]?.addressText ?? ''), tag: absent }],
    recordDigest: 'f'.repeat(64),
    version: '3',
  }
}
