import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tally, type Requirement, type Vote } from '../src/index.ts'

const NAMES = ['alpha', 'beta', 'gamma'] as const
const requirement: Requirement = { kind: 'keysign', require: NAMES, acceptUnbound: false }

const voteOf = (checker: string): fc.Arbitrary<Vote> =>
  fc.oneof(
    fc
      .constantFrom('raw', 'description', 'none')
      .map((bound): Vote => ({ checker, ms: 1, result: 'approved', bound: bound as 'raw' })),
    fc.constant<Vote>({ checker, ms: 1, result: 'rejected', codes: ['NO'], reason: 'no' }),
    fc.constant<Vote>({ checker, ms: 1, result: 'failed', cause: 'timeout', reason: 'silent' }),
    fc.constant<Vote>({ checker, ms: 1, result: 'cancelled' }),
  )
const votes: fc.Arbitrary<readonly Vote[]> = fc.tuple(...NAMES.map(voteOf))
const approves = (list: readonly Vote[], required = requirement): boolean => {
  const { objections, doubts } = tally(required, list)
  return objections.length === 0 && doubts.length === 0
}

test('approves exactly when every required checker approved and one bound the bytes', () => {
  fc.assert(
    fc.property(votes, (list) => {
      const expected =
        list.every(({ result }) => result === 'approved') &&
        list.some((vote) => vote.result === 'approved' && vote.bound === 'raw')
      expect(approves(list)).toBe(expected)
    }),
  )
})

test('the order of the votes does not matter', () => {
  fc.assert(
    fc.property(
      votes.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length }))),
      ([list, shuffled]) => {
        expect(tally(requirement, shuffled)).toEqual(tally(requirement, list))
      },
    ),
  )
})

test('adding a rejection, a failure or a missing vote never approves', () => {
  fc.assert(
    fc.property(votes, fc.constantFrom(...NAMES), (list, checker) => {
      expect(approves([...list, { checker, ms: 1, result: 'rejected', codes: ['NO'], reason: 'no' }])).toBe(false)
      expect(approves([...list, { checker, ms: 1, result: 'failed', cause: 'mismatch', reason: 'other' }])).toBe(false)
      expect(approves(list.filter((vote) => vote.checker !== checker))).toBe(false)
    }),
  )
})

test('a vote of somebody who is not required changes nothing', () => {
  fc.assert(
    fc.property(votes, voteOf('stranger'), (list, stranger) => {
      expect(approves([...list, stranger])).toBe(approves(list))
    }),
  )
})

test('kinds that sign no transaction need no binding', () => {
  const list = NAMES.map((checker): Vote => ({ checker, ms: 1, result: 'approved', bound: 'none' }))
  expect(approves(list, { ...requirement, kind: 'keygen' })).toBe(true)
  expect(tally(requirement, list).objections).toMatchObject([{ checker: 'gateway', codes: ['UNBOUND'] }])
})

test('a quorum of nobody is a bug, not an approval', () => {
  expect(() => tally({ ...requirement, require: [] }, [])).toThrow('invariant')
})

test('the cause that is told first is of somebody who failed, not of somebody who was not asked because of it', () => {
  const { doubts } = tally(requirement, [
    { checker: 'gamma', ms: 1, result: 'failed', cause: 'transport', reason: 'could not be reached' },
    { checker: 'beta', ms: 1, result: 'cancelled' },
  ])
  expect(doubts.map(({ checker, cause }) => `${checker} ${cause}`)).toEqual([
    'gamma transport',
    'alpha timeout',
    'beta timeout',
  ])
})
