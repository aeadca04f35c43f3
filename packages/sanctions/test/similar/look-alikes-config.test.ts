import { expect, test } from 'vitest'
import { lookAlikesSchema } from '../../src/similar/look-alikes-config.ts'

const DAY_MS = 24 * 3_600_000

test('left out, it is the strict one', () => {
  expect(lookAlikesSchema.parse({})).toEqual({
    policy: 'reject',
    prefix: 3,
    suffix: 3,
    total: 7,
    recent: 30 * DAY_MS,
    book: true,
  })
})

test('takes every member', () => {
  const written = { policy: 'report', prefix: 4, suffix: 5, total: 10, recent: '48h', book: false }
  expect(lookAlikesSchema.parse(written)).toEqual({ ...written, recent: 2 * DAY_MS })
  expect(lookAlikesSchema.parse({ recent: 'none' }).recent).toBe('none')
})

test.each([
  ['another policy', { policy: 'approve' }],
  ['less than three characters', { prefix: 2 }],
  ['more than can be forged', { suffix: 9 }],
  ['a total that is no whole number', { total: 7.5 }],
  ['a total beyond both ends', { total: 17 }],
  ['no time', { recent: '0s' }],
  ['more than 400 days', { recent: '9601h' }],
  ['an unknown member', { max_known: 5 }],
  ['nothing to compare with', { book: false, recent: 'none' }],
])('refuses %s', (_, written) => {
  expect(lookAlikesSchema.safeParse(written).success).toBe(false)
})
