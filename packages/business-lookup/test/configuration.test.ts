import { createPrivateKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { COBO_CHECK_PATHS, readCoboReply, signPackageToken, TOKEN_FIELD } from '@callback-quorum/protocol'
import {
  ConfigError,
  createLogger,
  createMetricsRegistry,
  createTestDatabase,
  loadVerificationKeys,
  systemClock,
  type RunningService,
  type TestDatabase,
} from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openLookup } from '../src/business-lookup.ts'
import { readBusinessLookupConfig, startBusinessLookup } from '../src/index.ts'
import { createReaderRole, type ReaderRole } from './reader-role.ts'
import { sharedKeyFiles } from '../../../test/shared-key-files.ts'

let folder = ''
let own: TestDatabase
let business: TestDatabase
let reader: ReaderRole
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq lookup '))
  for (const name of ['lookup', 'node', 'other']) await sharedKeyFiles(join(folder, 'keys'), name)
  own = await createTestDatabase(inject('postgresUrl'), [])
  business = await createTestDatabase(inject('postgresUrl'), [])
  reader = await createReaderRole(business, 'everything')
})
afterAll(async () => {
  await own.drop()
  await reader.drop()
  await business.drop()
  await rm(folder, { recursive: true, force: true })
})

const BLOCKS: Readonly<Record<string, string>> = {
  reference: '{ from: [reference], pattern: "^WD-[0-9]{8}$" }',
  params: '[reference]',
  query:
    'select reference, state, asset, amount, address, memo, valid_until from withdrawal where reference = $1 limit 2',
  own: 'reference: { at: reference }',
  tag: 'tag: { at: memo }',
  expires_at: 'expires_at: { at: valid_until }',
  asset_codes: '{ ETH: ETH, XRP: XRP }',
  compare: '{ status: { in: [approved] } }',
}

async function configured(change: Readonly<Record<string, string>>): Promise<string> {
  const blocks = { ...BLOCKS, ...change }
  const path = join(folder, 'lookup.yaml')
  await writeFile(
    path,
    `service_name: lookup
profile: development
callback:
  - { listen: "127.0.0.1:0", dialects: [cobo-v2] }
identity: { private_key: keys/lookup.pem }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: keys/node.pub }
${blocks.other ?? ''}
database_url: "${own.url}"
data_dir: data
reference: ${blocks.reference ?? ''}
${blocks.whitelisting === undefined ? '' : `whitelisting: ${blocks.whitelisting}`}
${blocks.changes === undefined ? '' : `config_changes: ${blocks.changes}`}
connector: ${blocks.connector ?? `{ kind: sql, database_url: "${reader.url}", query: "${blocks.query ?? ''}", params: ${blocks.params ?? ''} }`}
map:
  ${blocks.own ?? ''}
  status: { at: state }
  asset: { at: asset }
  amount: { at: amount }
  destination: { at: address }
  ${blocks.tag ?? ''}
  ${blocks.expires_at ?? ''}
asset_codes: ${blocks.asset_codes ?? ''}
compare: ${blocks.compare ?? ''}
`,
  )
  return path
}

const OTHER =
  '  - { name: other, platform: cobo, dialects: [cobo-v2], organisation: globex, pubkey_path: keys/other.pub }'

const start = async (change: Readonly<Record<string, string>>): Promise<RunningService> =>
  startBusinessLookup({
    file: await readBusinessLookupConfig(await configured(change), {}),
    log: createLogger({ level: 'silent', name: 'lookup' }),
  })

const problemsOf = (change: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  start(change).then(
    async (service) => {
      await service.stop()
      return []
    },
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )

// prettier-ignore
describe('refuses to start', () => {
  test.each([
    ['with a pattern that is not anchored', { reference: '{ pattern: "WD-[0-9]+" }' }, /reference\.pattern.*anchored/],
    ['with a pattern that is none', { reference: '{ pattern: "^WD-[$" }' }, /reference\.pattern.*no regular expression/],
    ['with a source of the reference that does not exist', { reference: '{ from: [note], pattern: "^W$" }' }, /reference\.from/],
    ['when the query does not use its parameter', { query: 'select 1 where true' }, /connector\.query.*exactly the parameters/],
    ['when the query uses a parameter too many', { query: 'select 1 where $1 = $2' }, /connector\.query.*exactly the parameters/],
    ['when the reference is not passed', { params: '[organisation]' }, /connector\.params.*reference/],
    ['when nothing says how long a payment is valid', { expires_at: '' }, /map\.expires_at.*no_expiry: true/],
    ['when no record repeats its reference', { own: '' }, /map\.reference.*no_reference: true/],
    ['with MySQL and no such repetition', { own: '', compare: '{ status: { in: [approved] }, no_reference: true }', connector: '{ kind: sql, database_url: "mysql://r@localhost/d", query: "select 1 where ? = 1", params: [reference] }' }, /compare\.no_reference.*several references/],
    ['with a connector of no kind', { connector: '{ kind: ldap }' }, /connector\.kind|http, sql or inbox/],
    ['with JSON pointers for columns', { own: 'reference: { at: /id }' }, /map\.reference\.at.*column name/],
    ['with an inbox that demands a proof and no key for it', { connector: '{ kind: inbox, listen: "127.0.0.1:0", producers: p.yaml, organisations: { payouts: acme }, proof: required, event_types: { intent: [a], cancel: [b] } }' }, /proof.*proof: none/],
    ['when no state is good enough', { compare: '{ status: { in: [] } }' }, /compare\.status\.in/],
    ['with a column that is no plain name', { tag: "tag: { at: 'memo; drop' }" }, /map\.tag\.at/],
    ['with an asset that is not in the registry', { asset_codes: '{ ETH: ETHER }' }, /asset_codes\.ETH.*ETHER/],
    ['when an asset has tags and no column does', { tag: '' }, /map\.tag.*XRP/],
    ['when a query for several organisations is not asked for one of them', { other: OTHER }, /connector\.params.*callers name several.*organisation among them/],
    ['when a URL for several organisations does not hold one of them', { other: OTHER, connector: '{ kind: http, url: "http://127.0.0.1:9/{reference}", plaintext: acknowledged, allow_addresses: [127.0.0.1], auth: { kind: none } }' }, /connector\.url.*callers name several/],
    ['with an unknown member', { compare: '{ status: { in: [approved] }, amount: { op: atMost } }' }, /compare.*amount/],
  ])('%s', async (_, change, expected) => {
    expect((await problemsOf(change)).join('\n')).toMatch(expected)
  })
})

const MAP =
  '{ reference: { at: wallet_id }, status: { at: state }, asset: { at: asset }, destination: { at: address }, tag: { at: memo } }'
const whitelisting = (more = '', map = MAP, compare = '{ status: { in: [approved] }, no_expiry: true }'): string =>
  `{ query: "select * from whitelisting where wallet_id = $1", map: ${map}, compare: ${compare}${more} }`

// prettier-ignore
describe('with whitelistings, refuses to start', () => {
  test.each([
    ['when they are to be judged and nothing says where they are looked up', { changes: '{ UNMANAGED_WALLET: judge }' }, /whitelisting.*UNMANAGED_WALLET says judge/],
    ['without a query', { whitelisting: whitelisting().replace(/query: "[^"]*",/, '') }, /whitelisting\.query.*is missing/],
    ['with a query that takes other parameters', { whitelisting: whitelisting().replace('$1', '$2') }, /whitelisting\.query.*exactly the parameters/],
    ['with the query of the payments', { whitelisting: whitelisting().replace(/select [^"]*/, BLOCKS['query'] ?? '') }, /whitelisting\.query.*the one of the payments/],
    ['with a URL beside a query', { whitelisting: whitelisting(', url: "https://a.example/{reference}"') }, /whitelisting\.url.*connector\.kind sql/],
    ['when nothing says how long they are valid', { whitelisting: whitelisting('', MAP, '{ status: { in: [approved] } }') }, /whitelisting\.map\.expires_at/],
    ['when no record repeats its reference', { whitelisting: whitelisting('', MAP.replace('reference: { at: wallet_id },', '')) }, /whitelisting\.map\.reference/],
    ['when an asset has tags and no column does', { whitelisting: whitelisting('', MAP.replace(', tag: { at: memo }', '')) }, /whitelisting\.map\.tag.*XRP/],
    ['with an amount', { whitelisting: whitelisting('', MAP.replace('}', '}, amount: { at: amount }')) }, /whitelisting\.map.*amount/],
    ['when no state is good enough', { whitelisting: whitelisting('', MAP, '{ status: { in: [] }, no_expiry: true }') }, /whitelisting\.compare\.status\.in/],
    ['with JSON pointers for columns', { whitelisting: whitelisting('', MAP.replace('at: state', 'at: /state')) }, /whitelisting\.map\.status\.at.*column name/],
    ['with a URL of another server', { connector: '{ kind: http, url: "http://127.0.0.1:9/{reference}", plaintext: acknowledged, allow_addresses: [127.0.0.1], auth: { kind: none } }', whitelisting: whitelisting().replace(/query: "[^"]*"/, 'url: "http://127.0.0.1:8/w/{reference}"') }, /whitelisting\.url.*another server/],
    ['with the URL of the payments', { connector: '{ kind: http, url: "http://127.0.0.1:9/{reference}", plaintext: acknowledged, allow_addresses: [127.0.0.1], auth: { kind: none } }', whitelisting: whitelisting().replace(/query: "[^"]*"/, 'url: "http://127.0.0.1:9/{reference}"') }, /whitelisting\.url.*the one of the payments/],
    ['with an inbox that demands proofs, unless it says that whitelistings have none', { connector: '{ kind: inbox, listen: "127.0.0.1:0", producers: p.yaml, organisations: { payouts: acme }, proof: required, event_types: { intent: [a], cancel: [b] } }', whitelisting: whitelisting().replace(/query: "[^"]*",/, '') }, /whitelisting\.proof.*proof: none, written out/],
  ])('%s', async (_, change, expected) => {
    expect((await problemsOf(change)).join('\n')).toMatch(expected)
  })
})

test('starts with whitelistings to be judged and a query for them', async () => {
  expect(await problemsOf({ changes: '{ UNMANAGED_WALLET: judge }', whitelisting: whitelisting() })).toEqual([])
})

test('tells all problems at once', async () => {
  const problems = await problemsOf({ params: '[organisation]', query: 'select 1 where true', expires_at: '' })
  expect(problems).toHaveLength(3)
})

test('starts without an expiry column when the configuration says that payments do not expire, and without tags', async () => {
  const untagged = { tag: '', asset_codes: '{ ETH: ETH }' }
  const lasting = { expires_at: '', compare: '{ status: { in: [approved] }, no_expiry: true }' }
  expect(await problemsOf({ ...untagged, ...lasting })).toEqual([])
})

test('starts for several organisations when the query is asked for one of them, and a proof then has to name it', async () => {
  const query = (BLOCKS['query'] ?? '').replace('$1', '$1 and $2::text is not null')
  const several = { other: OTHER, params: '[reference, organisation]', query }
  expect(await problemsOf(several)).toEqual([])
  const opened = async (change: Readonly<Record<string, string>>): Promise<boolean | undefined> => {
    const lookup = await openLookup(await readBusinessLookupConfig(await configured(change), {}), {
      assets: createAssetRegistry(STARTER_ASSETS),
      log: createLogger({ level: 'silent', name: 'lookup' }),
      clock: systemClock,
      registry: createMetricsRegistry('lookup'),
      listens: false,
    })
    await lookup.close()
    return lookup.hasSeveralOrganisations
  }
  expect(await opened(several)).toBe(true)
  expect(await opened({})).toBe(false)
})

test('is not ready, and says so to a ping, until its query runs', async () => {
  const service = await start({})
  const ping = (): Promise<number> => pingStatus(service.callbackUrls[0] ?? '')
  try {
    expect(await ping()).toBe(30)
    const payouts = await business.open()
    await payouts.query({
      text: 'create table withdrawal (reference text, state text, asset text, amount text, address text, memo text, valid_until text)',
    })
    expect(await ping()).toBe(0)
  } finally {
    await service.stop()
  }
})

async function pingStatus(url: string): Promise<number> {
  const privateKey = createPrivateKey(await readFile(join(folder, 'keys', 'node.pem')))
  const identity = { privateKey, issuer: 'node', tokenExpireMs: 60_000 }
  const token = await signPackageToken(Buffer.from('{"request_id":"ping","request_type":0}'), identity, Date.now())
  const response = await fetch(`${url}${COBO_CHECK_PATHS['cobo-v2']}`, {
    method: 'POST',
    body: new URLSearchParams({ [TOKEN_FIELD]: token }),
  })
  const keys = await loadVerificationKeys('lookup', [{ file: 'keys/lookup.pub' }], folder, 600_000)
  const reply = await readCoboReply(await response.bytes(), keys, Date.now())
  expect(reply).toMatchObject({ requestId: 'ping' })
  expect(reply.action).toBeUndefined()
  return reply.status
}
