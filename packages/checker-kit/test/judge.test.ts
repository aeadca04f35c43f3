import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldJudgements, type NamedJudgement } from '../src/judge.ts'
import type { Judgement } from '../src/index.ts'

const judgement: fc.Arbitrary<Judgement> = fc.oneof(
  fc.constant<Judgement>({ outcome: 'approve' }),
  fc.string({ minLength: 1 }).map((code): Judgement => ({ outcome: 'reject', objections: [{ code, text: 'no' }] })),
  fc.string({ minLength: 1 }).map((code): Judgement => ({ outcome: 'unable', code, text: 'cannot tell' })),
)
const judgements = fc
  .array(judgement, { minLength: 1, maxLength: 6 })
  .map((list) => list.map((each, index): NamedJudgement => ({ rule: `rule-${String(index)}`, judgement: each })))

test('approves only what every rule approved', () => {
  fc.assert(
    fc.property(judgements, (list) => {
      expect(foldJudgements(list).outcome === 'approve').toBe(
        list.every(({ judgement: { outcome } }) => outcome === 'approve'),
      )
    }),
  )
})

test('one objection rejects, whatever the others say and in whatever order', () => {
  fc.assert(
    fc.property(judgements, fc.nat(), (list, at) => {
      const no: NamedJudgement = {
        rule: 'no',
        judgement: { outcome: 'reject', objections: [{ code: 'NO', text: 'no' }] },
      }
      const joint = foldJudgements(list.toSpliced(at % (list.length + 1), 0, no))
      expect(joint.outcome).toBe('reject')
      expect(joint.codes).toContain('NO')
    }),
  )
})

test('the order of the judgements does not change the outcome', () => {
  fc.assert(
    fc.property(judgements, (list) => {
      expect(foldJudgements(list.toReversed()).outcome).toBe(foldJudgements(list).outcome)
    }),
  )
})

test('nobody is not everybody: an empty list is a bug, not an approval', () => {
  expect(() => foldJudgements([])).toThrow('invariant')
})

test('a rejection that gives no reason is a rejection', () => {
  // Rules of other teams may be written without types.
  const reasonless = JSON.parse('{ "outcome": "reject", "objections": [] }') as Judgement
  const joint = foldJudgements([
    { rule: 'first', judgement: { outcome: 'approve' } },
    { rule: 'second', judgement: reasonless },
  ])
  expect(joint).toMatchObject({ outcome: 'reject', codes: ['NO_REASON'] })
})

test('a word that is no judgement is a bug, not an approval', () => {
  const unknown = JSON.parse('{ "outcome": "approved" }') as Judgement
  expect(() => foldJudgements([{ rule: 'first', judgement: unknown }])).toThrow('invariant')
})
