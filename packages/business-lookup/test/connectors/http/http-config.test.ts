import { describe, expect, test } from 'vitest'
import type { CommonConfig } from '@callback-quorum/service'
import { checkHttpConnector } from '../../../src/connectors/http/check-http-connector.ts'
import { httpConnectorSchema } from '../../../src/connectors/http/http-config.ts'
import { parseUrlTemplate } from '../../../src/connectors/http/url-template.ts'

const MINIMAL = {
  kind: 'http',
  url: 'https://payouts.internal.example/v1/withdrawals/{reference}',
  allow_addresses: ['10.20.0.0/16'],
  auth: { kind: 'none' },
}
const OAUTH = {
  kind: 'oauth2',
  token_url: 'https://login.internal.example/token',
  client_id: 'quorum',
  secret_file: 'keys/oauth.secret',
}
const PIN = 'A'.repeat(43) + '='

const problemsOf = (more: object, profile: CommonConfig['profile'] = 'production'): readonly string[] =>
  checkHttpConnector(httpConnectorSchema.parse({ ...MINIMAL, ...more }), profile).map(
    ({ path, problem }) => `${path.join('.')} ${problem}`,
  )

test('the least that must be written, and what is then the case', () => {
  expect(httpConnectorSchema.parse(MINIMAL)).toEqual({
    ...MINIMAL,
    connect_timeout: 1_000,
    timeout: 3_000,
    retries: 2,
    breaker: { failures: 5, open_for: 10_000 },
    concurrency: 16,
    response: { bytes_max: 262_144, not_found: [404] },
  })
  expect(problemsOf({})).toEqual([])
})

// prettier-ignore
test.each([
  ['no auth', { auth: undefined }],
  ['an auth of another kind', { auth: { kind: 'digest' } }],
  ['no addresses', { allow_addresses: undefined }],
  ['an empty list of addresses', { allow_addresses: [] }],
  ['all addresses', { allow_addresses: ['0.0.0.0/0'] }],
  ['a name among the addresses', { allow_addresses: ['payouts.internal'] }],
  ['65 ranges', { allow_addresses: Array.from({ length: 65 }, (_, index) => `10.${index}.0.0/16`) }],
  ['an unknown member', { method: 'POST' }],
  ['a secret in the file', { auth: { kind: 'bearer', token: 'abc' } }],
  ['a pin that is hex', { pin_sha256: 'a'.repeat(64) }],
  ['a user with a colon', { auth: { kind: 'basic', username: 'a:b', password_file: 'p' } }],
  ['a key id with a line feed', { auth: { kind: 'hmac', key_id: 'a\nb', secret_file: 'p' } }],
  ['a token URL with a fragment', { auth: { ...OAUTH, token_url: 'https://login.internal.example/token#a' } }],
  ['a token URL with a user', { auth: { ...OAUTH, token_url: 'https://user@login.internal.example/token' } }],
  ['a scope with two spaces', { auth: { ...OAUTH, scope: 'a  b' } }],
  ['500 as not found', { response: { not_found: [500] } }],
  ['200 as not found', { response: { not_found: [200] } }],
  ['nothing as not found', { response: { not_found: [] } }],
  ['a body without limit', { response: { bytes_max: 1e9 } }],
  ['a signature in two headers', { response: { signature: { header: 'a, b', secret_file: 's' } } }],
  ['no time', { timeout: '0s' }],
  ['an hour', { timeout: '1h' }],
  ['a hundred retries', { retries: 100 }],
  ['no place', { concurrency: 0 }],
])('%s is refused', (_, more) => {
  expect(httpConnectorSchema.safeParse({ ...MINIMAL, ...more }).success).toBe(false)
})

describe('the URL', () => {
  // prettier-ignore
  test.each([
    'https://{reference}.internal.example/',
    'https://payouts.internal.example:{reference}/',
    'https://payouts.internal.example{reference}',
    '{reference}://payouts.internal.example/',
    'https://payouts.internal.example?ref={reference}',
    'https://payouts.internal.example/v1',
    'https://payouts.internal.example/{organisation}',
    'https://payouts.internal.example/{ref}/{reference}',
    'https://payouts.internal.example/{reference}/{}',
    'https://payouts.internal.example/{REFERENCE}?a={reference}',
    'https://payouts.internal.example/{reference}{organisation}',
    'https://payouts.internal.example/{organisation}-{reference}',
    'https://payouts.internal.example/{reference}#top',
    'https://payouts.internal.example/#{reference}',
    'https://user@payouts.internal.example/{reference}',
    'https://user:word@payouts.internal.example/{reference}',
    'https://payouts.internal.example\\@evil.example/{reference}',
    'https://payouts.internal.example/a/../{reference}',
    'https://payouts.internal.example/%2e%2e/{reference}',
    'https://payouts.internal.example/a b/{reference}',
    'https://payouts.internal.example/ü/{reference}',
    'https://PAYOUTS.internal.example/{reference}',
    'https://payouts.internal.example:443/{reference}',
    'https://0x7f.1/{reference}',
    'https://2130706433/{reference}',
    'ftp://payouts.internal.example/{reference}',
    'file:///{reference}',
    'payouts.internal.example/{reference}',
    '',
  ])('%j is refused', (url) => {
    expect(parseUrlTemplate(url)).toBeUndefined()
    expect(httpConnectorSchema.safeParse({ ...MINIMAL, url }).success).toBe(false)
  })

  // prettier-ignore
  test.each([
    ['https://h.example/{reference}', '/WD-1'],
    ['https://h.example/{organisation}/{reference}.json?a=1', '/acme/WD-1.json?a=1'],
    ['https://h.example:8443/?o={organisation}&r={reference}', '/?o=acme&r=WD-1'],
    ['https://[fd12::1]:8443/{reference}/{reference}', '/WD-1/WD-1'],
  ])('%s asks for %s', (url, path) => {
    expect(parseUrlTemplate(url)?.pathFor({ reference: 'WD-1', organisation: 'acme' })).toBe(path)
  })

  test('two questions are never one path', () => {
    const template = parseUrlTemplate('https://h.example/{organisation}?r={reference}&o={organisation}')
    const values = ['a', 'b', 'a&o=b', 'a?r=b', 'b&', '&', '=', 'a%26', '+', ' ', 'é', 'e\u0301']
    const pairs = values.flatMap((reference) =>
      ['a', 'b', 'a-b', 'a_b'].map((organisation) => ({ reference, organisation })),
    )
    const paths = pairs.map((asked) => template?.pathFor(asked))
    expect(new Set(paths).size).toBe(pairs.length)
    expect(paths).not.toContain(undefined)
  })
})

describe('rules over several members', () => {
  const HTTP = { url: 'http://127.0.0.1:8080/{reference}', allow_addresses: ['127.0.0.1'] }
  const ACKNOWLEDGED = { ...HTTP, plaintext: 'acknowledged' }
  const NOT_HTTPS = 'connector.url is not https'

  test('http is for loopback, acknowledged, in profile development', () => {
    expect(problemsOf(ACKNOWLEDGED, 'development')).toEqual([])
    expect(problemsOf(HTTP, 'development')).toEqual([NOT_HTTPS])
    expect(problemsOf(ACKNOWLEDGED, 'single-host')).toEqual([NOT_HTTPS])
    expect(problemsOf(ACKNOWLEDGED, 'production')).toEqual([NOT_HTTPS])
    const url = 'http://payouts.internal.example/{reference}'
    expect(problemsOf({ ...ACKNOWLEDGED, url }, 'development')).toEqual([NOT_HTTPS])
    const localhost = { ...ACKNOWLEDGED, url: 'http://localhost:8080/{reference}' }
    expect(problemsOf({ ...localhost, allow_addresses: ['127.0.0.1', '10.0.0.0/8'] }, 'development')).toEqual([
      'connector.allow_addresses leaves this machine without TLS',
    ])
    expect(problemsOf({ ...ACKNOWLEDGED, pin_sha256: PIN }, 'development')).toEqual([
      'connector.pin_sha256 has no meaning over http',
    ])
  })

  test('the token server is held to the same', () => {
    const auth = { ...OAUTH, token_url: 'http://login.internal.example/token' }
    expect(problemsOf({ auth }, 'development')).toEqual(['connector.auth.token_url is not https'])
    const literal = { ...OAUTH, token_url: 'https://10.21.0.1/token' }
    expect(problemsOf({ auth: literal })).toEqual(['connector.auth.token_url is at an address outside allow_addresses'])
    expect(problemsOf({ auth: { ...literal, allow_addresses: ['10.21.0.0/16'] } })).toEqual([])
    expect(problemsOf({ auth: { ...literal, allow_addresses: ['10.21.0.0/16', '169.254.0.0/16'] } })).toEqual([
      'connector.auth.allow_addresses.1 begins with an address that is never asked',
    ])
  })

  // prettier-ignore
  test.each([
    [{ client_cert: 'c.pem' }, ['connector.client_cert stands alone']],
    [{ client_key: 'c.key' }, ['connector.client_key stands alone']],
    [{ plaintext: 'acknowledged' }, ['connector.plaintext stands beside https']],
    [{ connect_timeout: '4s' }, ['connector.connect_timeout is longer than the whole look-up']],
    [{ url: 'https://10.21.0.1/{reference}' }, ['connector.url is at an address outside allow_addresses']],
    [{ url: 'https://[::ffff:a14:1]/{reference}' }, ['connector.url is at an address outside allow_addresses']],
    [{ url: 'https://10.20.0.1/{reference}' }, []],
    [{ allow_addresses: ['fe80::/10'] }, ['connector.allow_addresses.0 begins with an address that is never asked']],
  ])('%j: %j', (more, problems) => {
    expect(problemsOf(more)).toEqual(problems)
  })
})
