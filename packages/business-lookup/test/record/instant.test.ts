import { describe, expect, test } from 'vitest'
import { readInstant } from '../../src/record/read-instant.ts'

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000n

describe('an instant', () => {
  test.each([
    ['2026-11-21T12:00:00Z', '2026-11-21T12:00:00Z'],
    ['2026-11-21 12:00:00+00', '2026-11-21T12:00:00Z'],
    ['2026-11-21 12:00:00-00:00', '2026-11-21T12:00:00Z'],
    ['2026-11-21T14:30:00+02:30', '2026-11-21T12:00:00Z'],
    ['2026-11-21T14:30:00+0230', '2026-11-21T12:00:00Z'],
    ['2026-11-20 22:00:00-14', '2026-11-21T12:00:00Z'],
    ['2027-01-01T00:30:00+01:00', '2026-12-31T23:30:00Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['2028-02-29 23:59:59+00', '2028-02-29T23:59:59Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00Z'],
  ])('%s is %s', (text, iso) => {
    expect(readInstant(text)).toBe(micros(iso))
  })

  test('has microseconds', () => {
    expect(readInstant('2026-11-21 12:00:00.000001+00')).toBe(micros('2026-11-21T12:00:00Z') + 1n)
    expect(readInstant('2026-11-21T12:00:00.5Z')).toBe(micros('2026-11-21T12:00:00.500Z'))
  })

  test.each([
    ['without a zone', '2026-11-21T12:00:00'],
    ['without a time', '2026-11-21'],
    ['without seconds', '2026-11-21T12:00Z'],
    ['on a leap day of no leap year', '2026-02-29T12:00:00Z'],
    ['on a leap day of a century', '2100-02-29T12:00:00Z'],
    ['on 30 February', '2028-02-30T12:00:00Z'],
    ['in month 13', '2026-13-01T12:00:00Z'],
    ['on day 0', '2026-11-00T12:00:00Z'],
    ['at hour 24', '2026-11-21T24:00:00Z'],
    ['at minute 60', '2026-11-21T12:60:00Z'],
    ['at a leap second', '2026-12-31T23:59:60Z'],
    ['with an offset of 24 hours', '2026-11-21T12:00:00+24:00'],
    ['with an offset of 60 minutes', '2026-11-21T12:00:00+00:60'],
    ['with an offset in seconds', '2026-11-21 12:00:00+00:19:32'],
    ['with an offset without digits', '2026-11-21T12:00:00+'],
    ['with a named zone', '2026-11-21T12:00:00 CET'],
    ['with nanoseconds', '2026-11-21T12:00:00.000000001Z'],
    ['with a comma', '2026-11-21T12:00:00,5Z'],
    ['in a year of five digits', '12026-11-21T12:00:00Z'],
    ['before Christ', '0044-03-15 12:00:00+00 BC'],
    ['of infinity', 'infinity'],
    ['in seconds', '1795262400'],
    ['with a line end', '2026-11-21T12:00:00Z\n'],
    ['with a space before', ' 2026-11-21T12:00:00Z'],
    ['in full-width digits', '２026-11-21T12:00:00Z'],
    ['of nothing', ''],
  ])('is none %s', (_, text) => {
    expect(readInstant(text)).toBeUndefined()
  })
})
