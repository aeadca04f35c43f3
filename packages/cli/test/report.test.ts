import pc from 'picocolors'
import type { Exchange } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { GatewayEvidence, type Verdicts } from '../src/demo/gateway-evidence.ts'
import { outcomeRow, type OutcomeRow, type Sent } from '../src/demo/outcome-row.ts'
import { jsonLine, renderReport } from '../src/demo/report.ts'
import type { Expectation } from '../src/demo/scenarios.ts'

const approved = { outcome: 'approved', codes: [], reason: '', ms: 3 } as const
const ALL: Verdicts = { sanctions: approved, 'business-lookup': approved, integrity: approved, limits: approved }
const OVER_LIMIT = { outcome: 'rejected', codes: ['LIMIT_TX'], reason: 'limits: LIMIT_TX: too much', ms: 4 } as const
const exchange: Exchange = {
  server: 'gateway',
  attempt: 1,
  startedAtMs: 0,
  ms: 12.3,
  http: 200,
  result: 'approve',
  status: 0,
  action: 'APPROVE',
  requestId: 'r1',
}
const EXPECT_APPROVAL: Expectation = { status: 0, action: 'APPROVE', approvedBy: ['sanctions', 'limits'] }
const EXPECT_LIMIT: Expectation = { status: 0, action: 'REJECT', objection: { checker: 'limits', code: 'LIMIT_TX' } }
const REJECTION: Partial<Exchange> = { result: 'reject', action: 'REJECT', error: 'id limits: LIMIT_TX: too much' }

/** The connection was closed without an answer. */
const SILENCE: Sent = {
  step: { scenario: 'frozen', request: 'usdt', expect: { status: null, action: null } },
  title: '',
  requestId: 'r1',
  requestType: 2,
  exchange: { server: 'gateway', attempt: 1, startedAtMs: 0, ms: 12, result: 'no_answer', problem: 'closed' },
  verdicts: {},
  recalled: false,
}

function rowOf(seen: Partial<Exchange>, verdicts: Verdicts, expect: Expectation, recalled = false): OutcomeRow {
  const step = { scenario: 'some', request: 'usdt', remark: 'remarkable', expect } as const
  return outcomeRow({
    step,
    title: 'v2 KeySign',
    requestId: 'r1',
    requestType: 2,
    exchange: { ...exchange, ...seen },
    verdicts,
    recalled,
  })
}

describe('a row has no surprises when it came as expected, and says what did not', () => {
  test.each<[string, OutcomeRow, readonly string[]]>([
    ['an approval', rowOf({}, ALL, EXPECT_APPROVAL), []],
    ['a rejection', rowOf(REJECTION, { ...ALL, limits: OVER_LIMIT }, EXPECT_LIMIT), []],
    [
      'an approval instead of a rejection',
      rowOf({}, ALL, { status: 0, action: 'REJECT' }),
      ['action is "APPROVE", expected "REJECT"'],
    ],
    [
      'a checker that was not asked',
      rowOf({}, { sanctions: approved }, EXPECT_APPROVAL),
      ['the outcome of limits is null, expected "approved"'],
    ],
    [
      'another code',
      rowOf(REJECTION, { limits: { ...OVER_LIMIT, codes: ['LIMIT_WINDOW'] } }, EXPECT_LIMIT),
      ['codes are [LIMIT_WINDOW], expected LIMIT_TX'],
    ],
    [
      'a text without the checker and its code',
      rowOf({ ...REJECTION, error: 'no' }, { limits: OVER_LIMIT }, EXPECT_LIMIT),
      ["the answer's text does not say limits", "the answer's text does not say LIMIT_TX"],
    ],
    ['a decision from the record', rowOf({}, ALL, EXPECT_APPROVAL, true), ['recalled is true, expected false']],
    [
      'an approval that does not verify',
      rowOf({ result: 'bad_reply', problem: 'ERR' }, ALL, EXPECT_APPROVAL),
      ['the answer is unusable: ERR'],
    ],
  ])('%s', (_, row, surprises) => {
    expect(row.surprises).toEqual(surprises)
  })
})

describe('a line of --json', () => {
  test('is one line with every member, also of an approval', () => {
    const line = jsonLine(rowOf({}, { sanctions: approved }, { status: 0, action: 'APPROVE' }))
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      scenario: 'some',
      request_id: 'r1',
      request_type: 2,
      status: 0,
      action: 'APPROVE',
      verdicts: { sanctions: { outcome: 'approved', codes: [], reason: '', ms: 3 } },
      recalled: false,
      ms: 12.3,
      http: 200,
      error: null,
      surprises: [],
    })
  })

  test('has nulls where the gateway gave no answer', () => {
    const row = outcomeRow(SILENCE)
    expect(JSON.parse(jsonLine(row))).toMatchObject({
      status: null,
      action: null,
      http: null,
      error: 'closed',
      surprises: [],
    })
  })
})

describe('the table', () => {
  const rows = [
    rowOf({}, ALL, EXPECT_APPROVAL),
    rowOf(
      REJECTION,
      {
        sanctions: approved,
        'business-lookup': { outcome: 'cancelled', codes: [], reason: 'not waited for', ms: 1 },
        integrity: approved,
        limits: OVER_LIMIT,
      },
      EXPECT_LIMIT,
    ),
    outcomeRow({ ...SILENCE, step: { ...SILENCE.step, scenario: 'some', remark: 'remarkable' }, title: 'v2 KeySign' }),
  ]

  test('shows each checker, the decision and the reason of a rejection', () => {
    expect(renderReport(rows, 100, pc.createColors(false))).toBe(
      [
        'SCENARIO  REQUEST                 SANCTIONS  BUSINESS-LOOKUP   INTEGRITY  LIMITS    DECISION                MS',
        'some      v2 KeySign, remarkable  approved   approved          approved   approved  APPROVE                 12',
        'some      v2 KeySign, remarkable  approved   (not waited for)  approved   REJECTED  REJECT                  12',
        '    limits: LIMIT_TX: too much',
        'some      v2 KeySign, remarkable  -          -                 -          -         no answer (asks again)  12',
        '',
      ].join('\n'),
    )
  })

  test('says in the row what did not come as expected', () => {
    const text = renderReport([rowOf({}, {}, EXPECT_APPROVAL)], 100, pc.createColors(false))
    expect(text).toContain('NOT AS EXPECTED: the outcome of limits is null, expected "approved"')
  })
})

describe("the gateway's evidence", () => {
  const vote = (requestId: string, said: object, mode = 'enforce'): string =>
    JSON.stringify({ level: 'info', requestId, mode, vote: said, msg: 'vote' })
  const answered = (requestId: string): string => JSON.stringify({ requestId, answer: 'approve', msg: 'answered' })

  test('is what was said about this request until it was answered', async () => {
    const evidence = new GatewayEvidence()
    evidence.add(
      vote('r1', { checker: 'limits', result: 'rejected', ms: 1, codes: ['OLD'], reason: 'before it was asked' }),
    )
    const { result, verdicts } = await evidence.during('r1', async () => {
      evidence.add('a line that is no JSON')
      evidence.add('{ broken')
      evidence.add(vote('r2', { checker: 'limits', result: 'approved', ms: 1 }))
      evidence.add(vote('r1', { checker: 'sanctions', result: 'approved', ms: 2, bound: 'none' }))
      evidence.add(vote('r1', { checker: 'shadow', result: 'rejected', ms: 2, codes: ['X'], reason: 'x' }, 'shadow'))
      evidence.add(
        vote('r1', { checker: 'limits', result: 'failed', ms: 5, cause: 'transport', reason: 'could not be reached' }),
      )
      evidence.add(answered('r2'))
      // The gateway's answer can be here before its last line.
      setImmediate(() => {
        evidence.add(vote('r1', { checker: 'business-lookup', result: 'cancelled', ms: 3 }))
        evidence.add(answered('r1'))
      })
      return Promise.resolve('asked')
    })
    expect(result).toBe('asked')
    expect(verdicts).toEqual({
      sanctions: { outcome: 'approved', codes: [], reason: '', ms: 2 },
      limits: { outcome: 'failed', codes: [], reason: 'transport: could not be reached', ms: 5 },
      'business-lookup': { outcome: 'cancelled', codes: [], reason: 'not waited for: another checker rejected', ms: 3 },
    })
  })
})
