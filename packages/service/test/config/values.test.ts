import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { addressRange } from '../../src/config/address-range.ts'
import { duration, isLoopbackHost, listenAddress } from '../../src/config/index.ts'
import { notAfter } from '../../src/config/not-after.ts'

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['8s', 8_000],
    ['2m', 120_000],
    ['24h', 86_400_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(duration.parse(text)).toBe(ms)
  })

  test.each([
    '',
    '8',
    's',
    '-1s',
    '+1s',
    '1.5s',
    '08s',
    '8 s',
    ' 8s',
    '8S',
    '8sec',
    '1m30s',
    '1e3s',
    '9999999999s',
    '1d',
    8,
    null,
  ])('%o is refused', (value) => {
    expect(accepts(duration, value)).toBe(false)
  })
})

describe('a listen address', () => {
  test.each([
    ['127.0.0.1:11020', { host: '127.0.0.1', port: 11_020 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
  ])('%s is read', (text, expected) => {
    expect(listenAddress.parse(text)).toEqual(expected)
  })

  test.each([
    ':11020',
    '11020',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:011020',
    '127.0.0.256:1',
    '127.1:1',
    '::1:11020',
    '[127.0.0.1]:1',
    '[::1]',
    'example.org:1',
    '*:1',
    'http://127.0.0.1:1',
    11_020,
  ])('%o is refused', (value) => {
    expect(accepts(listenAddress, value)).toBe(false)
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.5', false],
  ['::ffff:10.0.0.5', false],
  ['localhost.example.org', false],
  ['', false],
])('whether %s is loopback: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected)
})

describe('not_after', () => {
  test('as a day means its last millisecond in UTC', () => {
    expect(notAfter.parse('2026-12-31')).toBe(Date.UTC(2027, 0, 1) - 1)
  })

  test('as an instant means that instant', () => {
    expect(notAfter.parse('2026-12-31T12:00:00Z')).toBe(Date.UTC(2026, 11, 31, 12))
  })

  test.each([
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '31.12.2026',
    '2026-12-31T12:00:00',
    '2026-12-31T25:00:00Z',
    'never',
    '',
    2026,
  ])('%o is refused', (value) => {
    expect(accepts(notAfter, value)).toBe(false)
  })
})

describe('an address range', () => {
  test.each(['10.0.0.7', '10.0.0.7/32', '10.0.0.0/8', '2001:db8::/32', '::1'])('%s is accepted', (text) => {
    expect(accepts(addressRange, text)).toBe(true)
  })

  test.each([
    '0.0.0.0/0',
    // All of IPv4, as a socket of both families writes it.
    '::ffff:0:0/96',
    '::ffff:0.0.0.0/90',
    '::/0',
    '10.0.0.7/33',
    '10.0.0.7/',
    '10.0.0.7/08',
    '10.0.0.7/8/8',
    '10.0.0',
    'host',
    '',
    '/8',
  ])('%o is refused', (text) => {
    expect(accepts(addressRange, text)).toBe(false)
  })
})
