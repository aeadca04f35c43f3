import { describe, expect, it } from 'vitest'
import { digestOf, readVerdict } from '../src/index.ts'
import type { JsonValue, Verdict, VerdictExpectation } from '../src/index.ts'
import { omitMember } from './omit-member.ts'

const verdict = {
  checker: 'limits',
  caller: 'ab'.repeat(32),
  dialect: 'cobo-v2',
  kind: 'keysign',
  request_id: 'r-1',
  digest: digestOf(Uint8Array.of(1)),
  policy_digest: '0'.repeat(64),
  data_version: '2026-08-21',
  judged: true,
  bound: 'raw',
  outcome: 'approve',
  codes: [],
  issued_at: 1_000,
} as const satisfies Verdict

const expected: VerdictExpectation = {
  checker: 'limits',
  caller: 'ab'.repeat(32),
  dialect: 'cobo-v2',
  kind: 'keysign',
  requestId: 'r-1',
  digest: digestOf(Uint8Array.of(1)),
  notBeforeMs: 500,
  notAfterMs: 1_500,
  status: 0,
  action: 'APPROVE',
}

const read = (value: JsonValue | undefined, change: Partial<VerdictExpectation> = {}) =>
  readVerdict(value, { ...expected, ...change })
const repliedWith = (status: number, action?: string): VerdictExpectation => {
  const { checker, caller, dialect, kind, requestId, digest, notBeforeMs, notAfterMs } = expected
  const question = { checker, caller, dialect, kind, requestId, digest, notBeforeMs, notAfterMs }
  return action === undefined ? { ...question, status } : { ...question, status, action }
}

describe('a verdict', () => {
  it('is read when it answers this very question', () => {
    expect(read(verdict)).toEqual({ verdict })
  })

  it('is read at both ends of its time window', () => {
    for (const issued_at of [500, 1_500]) expect(read({ ...verdict, issued_at })).toHaveProperty('verdict')
  })

  it.each<[keyof Verdict, JsonValue]>([
    ['checker', 'sanctions'],
    ['caller', 'cd'.repeat(32)],
    ['dialect', 'cobo-v1'],
    ['dialect', 'cobo-v3'],
    ['kind', 'keygen'],
    ['kind', 'Keysign'],
    ['request_id', 'r-2'],
    ['request_id', ''],
    ['digest', digestOf(Uint8Array.of(2))],
    ['digest', expected.digest.toUpperCase()],
    ['policy_digest', 'ab'],
    ['policy_digest', 'A'.repeat(64)],
    ['data_version', 'x'.repeat(257)],
    ['judged', 'true'],
    ['judged', 1],
    ['bound', 'RAW'],
    ['outcome', 'reject'],
    ['outcome', 'unable'],
    ['outcome', 'approved'],
    ['codes', 'LIMIT'],
    ['codes', [1]],
    ['codes', ['with space']],
    ['codes', ['']],
    ['codes', Array.from({ length: 65 }, () => 'A')],
    ['issued_at', 499],
    ['issued_at', 1_501],
    ['issued_at', 1_000.5],
    ['issued_at', '1000'],
  ])('with %s %j answers another question, and that member alone is named', (member, value) => {
    expect(read({ ...verdict, [member]: value })).toEqual({ mismatches: [member] })
  })

  it.each(Object.keys(verdict))('with a missing, null or wrongly typed %s names that member', (member) => {
    const rest = omitMember<JsonValue>(verdict, member)
    for (const wrong of [rest, { ...verdict, [member]: null }, { ...verdict, [member]: { a: 1 } }]) {
      expect(read(wrong)).toEqual({ mismatches: [member] })
    }
  })

  it('with a member too many names it', () => {
    expect(read({ ...verdict, valid_until: 1 })).toEqual({ mismatches: ['valid_until'] })
  })

  it('names every wrong member, those of a wrong type and those of another question', () => {
    expect(read({ ...verdict, judged: 0, checker: 'x', kind: 'x', more: 1 })).toEqual({
      mismatches: expect.toSatisfy(
        (names: string[]) => names.toSorted().join() === 'checker,judged,kind,more',
      ) as unknown,
    })
  })

  it.each([undefined, null, 'approve', true, [], [{}]])('that is %j is no verdict', (value) => {
    expect(read(value)).toEqual({ mismatches: ['verdict'] })
  })

  it('agrees with its reply in exactly three ways', () => {
    const agreeing: string[] = []
    for (const outcome of ['approve', 'reject', 'unable'] as const) {
      for (const status of [0, 10, 20, 30, -0.5]) {
        for (const action of [undefined, 'APPROVE', 'REJECT', 'WAIT', '']) {
          const reading = readVerdict({ ...verdict, outcome }, repliedWith(status, action))
          if ('verdict' in reading) agreeing.push(`${outcome} ${String(status)} ${action ?? 'none'}`)
        }
      }
    }
    expect(agreeing).toEqual(['approve 0 APPROVE', 'reject 0 REJECT', 'unable 30 none'])
  })
})
