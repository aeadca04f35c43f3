import { readFileSync } from 'node:fs'
import { parseConfigText } from '@callback-quorum/service'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { checkVendorRules, vendorsSchema } from '../../src/vendors/vendors-config.ts'

const schema = z.strictObject({ vendors: vendorsSchema })

/** As an operator writes it; gives the problems, without their lines. */
function problemsOf(...vendors: readonly object[]): readonly string[] {
  const text = JSON.stringify({ vendors })
  try {
    parseConfigText(text, 'sanctions.yaml', schema, {}, checkVendorRules)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').map((line) => line.replace(/^\S+ /, '')) : [String(error)]
  }
}

const SANCTIONS = {
  name: 'chainalysis',
  kind: 'chainalysis-sanctions',
  url: 'https://public.chainalysis.com',
  api_key_file: 'keys/chainalysis',
  families: ['evm'],
}
const ELLIPTIC = {
  ...SANCTIONS,
  name: 'elliptic',
  kind: 'elliptic',
  url: 'https://aml-api.elliptic.co',
  secret_file: 'keys/elliptic',
  reject_score: '7.5',
}
const TRM = {
  name: 'trm',
  kind: 'trm',
  url: 'https://api.trmlabs.com',
  api_key_file: 'keys/trm',
  chains: { ethereum: 'ethereum' },
  reject: [{ risk_type: 'any', level: 'severe' }],
}
const YENTE = {
  name: 'names',
  kind: 'yente',
  url: 'http://127.0.0.1:8000',
  dataset: 'sanctions',
  on_match: 'report',
  parties: [{ chain: 'ethereum', address: '0x00', name: 'Example Ltd' }],
}
const ORACLE = { name: 'oracle', kind: 'chainalysis-oracle', url: 'https://node.example' }
const ALL = [SANCTIONS, ELLIPTIC, TRM, YENTE, ORACLE]

test('one of each kind, with as little as must be written, is a configuration; none at all is one too', () => {
  expect(problemsOf(...ALL)).toEqual([])
  expect(schema.parse({})).toEqual({ vendors: [] })
})

test('the defaults are those of the table: everything required, nothing unknown is clean, minutes and not hours', () => {
  expect(vendorsSchema.parse([SANCTIONS])[0]).toMatchObject({
    timeout: 3_000,
    retries: 1,
    cache: 900_000,
    concurrency: 8,
    addresses_max: 50,
    breaker: { failures: 5, open_for: 30_000 },
    roles: ['destination', 'spender', 'grantee'],
    own_addresses: 'skip',
    required: true,
    on_unknown: 'retry',
    on_error: 'retry',
    give_up_after: 600_000,
    outside_coverage: 'unknown',
  })
  expect(vendorsSchema.parse([ELLIPTIC, TRM])).toMatchObject([{ never_seen: 'unknown' }, { never_seen: 'unknown' }])
})

// prettier-ignore
test.each([
  ['a URL without TLS',             { ...SANCTIONS, url: 'http://vendor.example' },                 'url'],
  ['a URL with a path',             { ...SANCTIONS, url: 'https://vendor.example/v1' },             'url'],
  ['a URL with a password',         { ...SANCTIONS, url: 'https://a:b@vendor.example' },            'url'],
  ['a URL with a query',            { ...SANCTIONS, url: 'https://vendor.example?key=1' },          'url'],
  ['a file in place of a URL',      { ...SANCTIONS, url: 'file:///etc/passwd' },                    'url'],
  ['no key file',                   { ...SANCTIONS, api_key_file: undefined },                      'api_key_file'],
  ['no families',                   { ...SANCTIONS, families: [] },                                 'families'],
  ['a family without one spelling', { ...SANCTIONS, families: ['monero'] },                         'families'],
  ['a path without the address',    { ...SANCTIONS, path: '/api/v1/address/' },                     'path'],
  ['a path with a space',           { ...SANCTIONS, path: '/a b/{address}' },                       'path'],
  ['a cache of more than an hour',  { ...SANCTIONS, cache: '61m' },                                 'cache'],
  ['a mistyped member',             { ...SANCTIONS, requird: false },                               'requird'],
  ['no score to reject from',       { ...ELLIPTIC, reject_score: undefined },                       'reject_score'],
  ['a score that is a number',      { ...ELLIPTIC, reject_score: 7.5 },                             'reject_score'],
  ['a score above ten',             { ...ELLIPTIC, reject_score: '10.1' },                          'reject_score'],
  ['a score with an exponent',      { ...ELLIPTIC, reject_score: '1e1' },                           'reject_score'],
  ['no rule that rejects',          { ...TRM, reject: [] },                                         'reject'],
  ['a level that TRM has not',      { ...TRM, reject: [{ risk_type: 'any', level: 'unknown' }] },   'level'],
  ['no chains',                     { ...TRM, chains: {} },                                         'chains'],
  ['no word about matches',         { ...YENTE, on_match: undefined },                              'on_match'],
  ['a threshold above one',         { ...YENTE, threshold: '1.01' },                                'threshold'],
  ['no parties',                    { ...YENTE, parties: [] },                                      'parties'],
  ['a contract that is no address', { ...ORACLE, contract: '0x40C5' },                              'contract'],
  ['an unknown kind',               { ...SANCTIONS, kind: 'someone' },                              'kind'],
])('%s is refused', (_, vendor, member) => {
  const problems = problemsOf(vendor)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(member)
})

test('a name that is taken, and tries that nobody waits for, are refused', () => {
  expect(problemsOf(SANCTIONS, SANCTIONS)).toEqual([
    'vendors[1].name: is the name of another vendor; expected one of its own',
  ])
  expect(problemsOf({ ...SANCTIONS, timeout: '10s', retries: 2 })).toEqual([
    'vendors[0].timeout: times 3 attempts is longer than any caller waits; expected 25000 ms over all attempts at most',
  ])
})

test('the example of the README is a configuration', () => {
  const readme = readFileSync(new URL('../../src/vendors/README.md', import.meta.url), 'utf8')
  const [, example = ''] = /```yaml\n([^`]+)```/.exec(readme) ?? []
  const { value } = parseConfigText(example, 'README.md', schema, {}, checkVendorRules)
  expect(value.vendors.map(({ kind }) => kind)).toEqual(['elliptic', 'trm'])
})
