import { describe, expect, test } from 'vitest'
import { minimal, parse, problems, type Tree } from './minimal-config.ts'

const tracing = (changes: Tree, rest: Tree = {}): Tree =>
  minimal({ tracing: { otlp: 'http://127.0.0.1:4318/v1/traces', ratio: 0.1, ...changes }, ...rest })
const BEYOND = 'http://collector.internal:4318/v1/traces'
const SECURE = 'https://collector.internal:4318/v1/traces'

test('tracing is off unless it is written', () => {
  expect(parse(minimal()).tracing).toBeUndefined()
  expect(parse(tracing({})).tracing).toEqual({ otlp: 'http://127.0.0.1:4318/v1/traces', ratio: 0.1 })
})

describe('the collector', () => {
  test.each(['http://127.0.0.1:4318/v1/traces', 'http://[::1]:4318/v1/traces', 'http://localhost:4318/v1/traces'])(
    'on this machine (%s) needs no TLS, for a bearer token neither',
    (otlp) => expect(problems(tracing({ otlp, bearer: 'token' }))).toBe(''),
  )

  test('beyond it needs TLS or an acknowledgement, in every profile', () => {
    const production = { profile: 'production', database_url: 'postgres:///gateway' }
    for (const rest of [{}, production]) {
      expect(problems(tracing({ otlp: BEYOND }, rest))).toBe(
        'tracing.otlp: is beyond this machine without TLS; expected an https URL, or plaintext: acknowledged; example https://collector.internal:4318/v1/traces',
      )
      expect(problems(tracing({ otlp: BEYOND, plaintext: 'acknowledged' }, rest))).toBe('')
      expect(problems(tracing({ otlp: SECURE, tls: { ca: 'tls/ca.pem' }, bearer: 'token' }, rest))).toBe('')
    }
  })

  test('is sent no bearer token in the clear, acknowledged or not', () => {
    expect(problems(tracing({ otlp: BEYOND, plaintext: 'acknowledged', bearer: 'token' }))).toBe(
      'tracing.bearer: would be sent beyond this machine without TLS; expected an https URL, or this line left out',
    )
  })

  test('has TLS or not, and says one of them', () => {
    expect(problems(tracing({ otlp: SECURE, plaintext: 'acknowledged' }))).toContain(
      'tracing.plaintext: stands beside an https URL; expected one of the two',
    )
    expect(problems(tracing({ tls: { ca: 'tls/ca.pem' } }))).toContain('tracing.tls: stands beside an http URL')
  })

  test.each([
    ['no URL', '127.0.0.1:4318'],
    ['a host alone', 'collector.internal'],
    ['another scheme', 'grpc://127.0.0.1:4317'],
    ['a user', 'http://me@127.0.0.1:4318/v1/traces'],
    ['a password', 'https://me:secret-word@collector.internal/v1/traces'],
    ['a fragment', 'http://127.0.0.1:4318/v1/traces#here'],
    ['nothing', ''],
    ['a number', 4318],
  ])('is not %s', (_, otlp) => {
    const text = problems(tracing({ otlp }))
    expect(text).toMatch(/^tracing\.otlp: is (not valid|a number); expected the http\(s\) URL of a collector/)
    expect(text).toContain('example http://127.0.0.1:4318/v1/traces')
    expect(text).not.toContain('secret-word')
  })
})

describe('the ratio', () => {
  test.each([0, 0.1, 0.001, 1])('may be %s', (ratio) => expect(problems(tracing({ ratio }))).toBe(''))

  test.each([-0.1, 1.1, 10, '0.1', '10%', null])('may not be %s', (ratio) => {
    expect(problems(tracing({ ratio }))).toMatch(
      /^tracing\.ratio: .*; expected a share of the requests from 0 to 1; example 0\.1$/,
    )
  })

  test('is never left to a default', () => {
    expect(problems(minimal({ tracing: { otlp: SECURE } }))).toContain('tracing.ratio: is missing')
  })
})

test('what else is written in the block is told', () => {
  expect(problems(tracing({ headers: { 'x-key': 'a' } }))).toContain('tracing.headers')
  expect(problems(tracing({ plaintext: true }))).toContain('tracing.plaintext: ')
  expect(problems(tracing({ accept_parent: 'yes' }))).toContain('tracing.accept_parent: is a string; expected true')
})
