import { expect, test } from 'vitest'
import { reportBy } from '../../src/history/report-by.ts'

test.each([
  ['a Monday', '2026-01-05T00:00:00Z', '2026-01-19'],
  ['the last moment of a Friday', '2026-01-09T23:59:59Z', '2026-01-23'],
  ['a Saturday', '2026-01-10T12:00:00Z', '2026-01-23'],
  ['a Sunday', '2026-01-11T12:00:00Z', '2026-01-23'],
  ['the end of a year', '2025-12-31T12:00:00Z', '2026-01-14'],
])('ten days from Monday to Friday after %s', (_, found, day) => {
  expect(reportBy(new Date(found))).toBe(day)
})
