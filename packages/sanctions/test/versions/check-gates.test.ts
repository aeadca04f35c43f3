import { describe, expect, test } from 'vitest'
import { checkGates, newCodes, type GateInput, type GateLimits } from '../../src/versions/check-gates.ts'
import type { VersionCounts } from '../../src/versions/list-version.ts'

const LIMITS: GateLimits = {
  rowsMin: 500,
  shrinkPercent: 15,
  codeShrinkPercent: 30,
  codeShrinkRows: 5,
  growthPercent: 100,
}

function counts(rowsByCode: Readonly<Record<string, number>>, more: Partial<VersionCounts> = {}): VersionCounts {
  const rows = Object.values(rowsByCode).reduce((sum, count) => sum + count, 0)
  const codes = Object.keys(rowsByCode)
  return { canonicalSetSha: 'c', rows, parties: 1, unparsed: 0, opaque: 0, codes, rowsByCode, ...more }
}

const gatesOf = (
  input: Omit<GateInput, 'next'> & { readonly next: VersionCounts },
  limits = LIMITS,
): readonly string[] => checkGates(input, limits).map(({ gate }) => gate)

describe('the first version ever', () => {
  test.each([
    [0, ['too_few_rows']],
    [399, ['too_few_rows']],
    [400, []],
    [401, []],
  ])('with %i rows of a floor of 500', (rows, gates) => {
    expect(gatesOf({ next: counts({ XBT: rows }) })).toEqual(gates)
  })

  test('without a row is refused however low the floor is', () => {
    expect(checkGates({ next: counts({}) }, { ...LIMITS, rowsMin: 1 })).toEqual([
      { gate: 'too_few_rows', rows: 0, floor: 1 },
    ])
  })

  test('has nothing that it could have shrunk from', () => {
    expect(gatesOf({ next: counts({ XBT: 400 }), month: { rows: 5_000, rowsByCode: { XBT: 5_000 } } })).toEqual([])
  })
})

describe('shrinking', () => {
  test.each([
    [851, []],
    [850, []],
    [849, ['shrunk']],
  ])('of 1000 rows to %i', (rows, gates) => {
    const active = counts({ XBT: 1_000 })
    expect(gatesOf({ next: counts({ XBT: rows }), active })).toEqual(gates)
    expect(gatesOf({ next: counts({ XBT: rows }), active: counts({ XBT: rows }), month: active })).toEqual(gates)
  })

  test('says which figures were compared', () => {
    const month = { rows: 1_000, rowsByCode: {} }
    expect(checkGates({ next: counts({ XBT: 840 }), active: counts({ XBT: 900 }), month }, LIMITS)).toEqual([
      { gate: 'shrunk', against: 'month', rows: 840, before: 1_000 },
    ])
  })

  test.each([
    [20, 14, []],
    [20, 13, ['code_shrunk']],
    [16, 11, []],
    [16, 10, ['code_shrunk']],
    [17, 12, []],
    [6, 1, []],
    [100, 70, []],
    [100, 69, ['code_shrunk']],
  ])('of one code from %i rows to %i', (before, rows, gates) => {
    const active = counts({ XBT: 5_000, ETH: before })
    expect(gatesOf({ next: counts({ XBT: 5_000, ETH: rows }), active })).toEqual(gates)
  })

  test('of a code over a month is seen, however small each step was', () => {
    const month = { rows: 5_020, rowsByCode: { XBT: 5_000, ETH: 20 } }
    const findings = checkGates(
      { next: counts({ XBT: 5_000, ETH: 12 }), active: counts({ XBT: 5_000, ETH: 13 }), month },
      LIMITS,
    )
    expect(findings).toEqual([{ gate: 'code_shrunk', against: 'month', code: 'ETH', rows: 12, before: 20 }])
  })

  test('is measured by the configured limits', () => {
    const input = { next: counts({ XBT: 899 }), active: counts({ XBT: 1_000 }) }
    expect(gatesOf(input, { ...LIMITS, shrinkPercent: 10 })).toEqual(['shrunk'])
    expect(gatesOf(input, { ...LIMITS, shrinkPercent: 11 })).toEqual([])
  })
})

describe('a code', () => {
  const active = counts({ XBT: 5_000, ZEC: 1 }, { codes: ['XBT', 'ZEC', 'DOGE'] })

  test('that has no rows any more has vanished, declared or not', () => {
    for (const codes of [
      ['XBT', 'DOGE'],
      ['XBT', 'ZEC', 'DOGE'],
    ])
      expect(checkGates({ next: counts({ XBT: 5_001 }, { codes }), active }, LIMITS)).toEqual([
        { gate: 'code_vanished', code: 'ZEC', before: 1 },
      ])
  })

  test('that is no longer declared has vanished, even if it had no rows', () => {
    expect(checkGates({ next: counts({ XBT: 5_000, ZEC: 1 }), active }, LIMITS)).toEqual([
      { gate: 'code_vanished', code: 'DOGE', before: 0 },
    ])
  })

  test('that is new is no finding, and is named', () => {
    const next = counts({ XBT: 5_000, ZEC: 1, DOGE: 2, FOO: 1 }, { codes: ['XBT', 'ZEC', 'DOGE', 'FOO', 'BAR'] })
    expect(gatesOf({ next, active })).toEqual([])
    expect(newCodes(next, active)).toEqual(['FOO', 'BAR'])
  })
})

describe('growth, dates and history', () => {
  test.each([
    [1_999, []],
    [2_000, []],
    [2_001, ['grown']],
  ])('from 1000 rows to %i', (rows, gates) => {
    expect(gatesOf({ next: counts({ XBT: rows }), active: counts({ XBT: 1_000 }) })).toEqual(gates)
  })

  test.each([
    ['2025-11-18', ['older_issue']],
    ['2025-11-19', []],
    ['2025-11-20', []],
    [undefined, ['older_issue']],
  ])('a date of issue %s after 2025-11-19', (dateOfIssue, gates) => {
    const next = counts({ XBT: 900 }, dateOfIssue === undefined ? {} : { dateOfIssue })
    expect(gatesOf({ next, active: counts({ XBT: 900 }, { dateOfIssue: '2025-11-19' }) })).toEqual(gates)
  })

  test('a list that never had dates needs none', () => {
    expect(gatesOf({ next: counts({ XBT: 900 }), active: counts({ XBT: 900 }) })).toEqual([])
  })

  test('bytes that screened before, or were refused before, are for people', () => {
    expect(gatesOf({ next: counts({ XBT: 900 }), before: 'screened' })).toEqual(['screened_before'])
    expect(gatesOf({ next: counts({ XBT: 900 }), before: 'quarantined' })).toEqual(['quarantined_before'])
  })
})

describe('the other list', () => {
  const crossCheck = { source: 'mirror', missing: 0, some: [], extras: 0, of: 100, extrasPercentMax: 20 }
  const next = counts({ XBT: 900 })

  test('may lack a fifth of the addresses', () => {
    expect(gatesOf({ next, crossCheck: { ...crossCheck, extras: 20 } })).toEqual([])
    expect(gatesOf({ next, crossCheck: { ...crossCheck, extras: 21 } })).toEqual(['cross_check_extras'])
  })

  test('may not have a single one that the version lacks', () => {
    expect(checkGates({ next, crossCheck: { ...crossCheck, missing: 1, some: ['key20:aa'] } }, LIMITS)).toEqual([
      { gate: 'cross_check_missing', source: 'mirror', missing: 1, some: ['key20:aa'] },
    ])
  })
})

test('all findings are reported, not only the first', () => {
  const active = counts({ XBT: 1_000, ETH: 100, ZEC: 3 }, { dateOfIssue: '2025-03-04' })
  const next = counts({ XBT: 300, ETH: 10 }, { dateOfIssue: '2025-03-01' })
  expect(gatesOf({ next, active, before: 'screened' })).toEqual([
    'too_few_rows',
    'shrunk',
    'code_shrunk',
    'code_shrunk',
    'code_vanished',
    'older_issue',
    'screened_before',
  ])
})
