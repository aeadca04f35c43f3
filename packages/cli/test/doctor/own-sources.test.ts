import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../src/doctor/finding.ts'
import { planOf, writeDemoConfiguration, type CheckerName } from '../../src/index.ts'
import type { Mapping } from '../../src/constellation/yaml-files.ts'
import { runCommandLine } from '../command-line.ts'
import { makeAuthority } from './healthy-set.ts'
import { untilTestEnds } from './mistake.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callback quorum sources '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What doctor finds at one checker, not running, whose configuration was changed. */
async function findingsAt(
  service: CheckerName,
  check: string,
  change: (config: Mapping) => Mapping,
): Promise<{ readonly exitCode: number; readonly found: readonly Finding[] }> {
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:1/',
    firstPort: 25_420,
    edit: { [service]: change },
  })
  const { file } = planOf(configuration, service)
  const { exitCode, stdout } = await runCommandLine(['doctor', '--config', file, '--output', 'json'])
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
  return { exitCode, found: findings.filter((finding) => finding.check === check) }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  untilTestEnds(() => server.close())
  return (server.address() as AddressInfo).port
}

const well = (found: RegExp) => ({ status: 'ok', found: expect.stringMatching(found) as string })
const wrong = (found: RegExp, fix: RegExp, status = 'failed') => ({
  status,
  found: expect.stringMatching(found) as string,
  fix: expect.stringMatching(fix) as string,
})

const list = (entry: Mapping) => (config: Mapping) => ({ ...config, lists: [{ source: 'ofac-sdn', ...entry }] })

/** A file that is delivered, checked so long ago. */
async function deliver(name: string, hoursAgo: number): Promise<void> {
  const text = 'a list'
  await writeFile(join(folder, name), text)
  const checkedAt = new Date(Date.now() - hoursAgo * 3_600_000).toISOString()
  const sha256 = createHash('sha256').update(text).digest('hex')
  await writeFile(join(folder, `${name}.manifest.json`), JSON.stringify({ checked_at: checkedAt, sha256 }))
}

test('a list of sanctions that is not delivered', async () => {
  const { exitCode, found } = await findingsAt('sanctions', 'lists', list({ file: 'absent.xml' }))
  expect(exitCode).toBe(1)
  expect(found).toMatchObject([
    wrong(/^ofac-sdn: .*absent\.xml \(lists\[0\]\.file\) does not exist/, /Have the list delivered to .*absent\.xml/),
  ])
})

test('a list without the word of whoever delivered it, one that is old, and one that is fresh', async () => {
  await writeFile(join(folder, 'bare.xml'), 'a list')
  await deliver('old.xml', 30)
  await deliver('fresh.xml', 1)
  const at = async (file: string) => (await findingsAt('sanctions', 'lists', list({ file }))).found
  expect(await at('bare.xml')).toMatchObject([wrong(/bare\.xml\.manifest\.json is missing/, /"checked_at"/)])
  expect(await at('old.xml')).toMatchObject([
    wrong(/old\.xml, checked 30\.0 h ago, max_age 24\.0 h/, /Have the delivery of ofac-sdn run again/),
  ])
  expect(await at('fresh.xml')).toMatchObject([well(/fresh\.xml, checked 1\.0 h ago/)])
})

test('the server of a list: reached, asking for another token, and signed by a stranger', async () => {
  const authority = await makeAuthority()
  const asked: (string | undefined)[] = []
  let status = 200
  const server = createHttps(await authority.issue('localhost'), (request, response) => {
    asked.push(request.headers.authorization)
    response.writeHead(status).end('a list')
  })
  const url = `https://localhost:${await portOf(server)}/list.xml`
  await writeFile(join(folder, 'list-ca.pem'), authority.pem)
  await writeFile(join(folder, 'list.token'), 'of-a-subscription\n', { mode: 0o600 })
  const entry = { url, ca: 'list-ca.pem', token_file: 'list.token' }
  expect((await findingsAt('sanctions', 'lists', list(entry))).found).toMatchObject([well(/answers 200/)])
  expect(asked).toEqual(['Bearer of-a-subscription'])
  status = 401
  expect((await findingsAt('sanctions', 'lists', list(entry))).found).toMatchObject([
    wrong(/answers 401/, /lists\[0\]\.token_file/),
  ])
  expect((await findingsAt('sanctions', 'lists', list({ url }))).found).toMatchObject([
    wrong(/not signed by an authority that is trusted here/, /lists\[0\]\.ca/),
  ])
})

test.each([
  [
    'to a host that may be gone to',
    ['elsewhere.example'],
    'ok',
    /answers 302, to elsewhere\.example, where the checker may go/,
  ],
  ['to another host', [], 'failed', /answers 302, to elsewhere\.example, where the checker does not go/],
])('the server of a list that leads %s, which is not asked', async (_, hosts, status, found) => {
  const authority = await makeAuthority()
  const server = createHttps(await authority.issue('localhost'), (_request, response) => {
    response.writeHead(302, { location: 'https://elsewhere.example/list.xml' }).end()
  })
  await writeFile(join(folder, 'list-ca.pem'), authority.pem)
  const url = `https://localhost:${await portOf(server)}/list.xml`
  const entry = { url, ca: 'list-ca.pem', ...(hosts.length > 0 && { redirect_hosts: hosts }) }
  expect((await findingsAt('sanctions', 'lists', list(entry))).found).toMatchObject([
    { status, found: expect.stringMatching(found) as string },
  ])
})

test('a business system that is away, one that refuses the token, and one that answers', async () => {
  const at = async (url: string) =>
    findingsAt('business-lookup', 'business system', (config) => ({
      ...config,
      connector: { ...(config['connector'] as Mapping), url: `${url}/v1/withdrawals/{reference}` },
    }))
  await findingsAt('business-lookup', 'business system', (config) => config)
  const { mkdir } = await import('node:fs/promises')
  await mkdir(join(folder, 'business-system'), { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'business-system/look-up.token'), 'of-the-payouts\n', { mode: 0o600 })
  const away = await at('http://127.0.0.1:1')
  expect(away.exitCode).toBe(1)
  expect(away.found).toMatchObject([
    wrong(/^connector: CONNECTOR_UNAVAILABLE/, /See to it that the business system answers at connector\.url/),
  ])
  let status = 401
  const port = await portOf(createServer((_, response) => response.writeHead(status).end('{}')))
  expect((await at(`http://127.0.0.1:${port}`)).found).toMatchObject([
    wrong(/^connector: CONNECTOR_AUTH/, /credentials of connector/),
  ])
  status = 404
  expect((await at(`http://127.0.0.1:${port}`)).found).toMatchObject([well(/^answers \(http\)/)])
  status = 418
  expect((await at(`http://127.0.0.1:${port}`)).found).toMatchObject([
    wrong(/CONNECTOR_BAD_RESPONSE/, /callback-quorum business-lookup try --config/, 'warning'),
  ])
})

test('a price source that is away, and a price file that is there', async () => {
  const source = (port: number) => ({
    name: 'desk',
    kind: 'http',
    url: `http://127.0.0.1:${port}/prices`,
    currency: 'USD',
    map: { list: '', asset: 'a', price: 'p', observed_at: 't', observed_at_format: 'iso' },
    assets: { ETH: 'ETH' },
  })
  const at = (sources: readonly Mapping[]) =>
    findingsAt('limits', 'prices', (config) => ({ ...config, prices: { sources } }))
  const away = await at([source(1)])
  expect(away.exitCode).toBe(1)
  expect(away.found).toMatchObject([
    wrong(/^desk \(prices\.sources\[0\]\): could not be reached \(ECONNREFUSED\)/, /Correct prices\.sources\[0\]/),
  ])
  await writeFile(
    join(folder, 'prices.yaml'),
    'version: 1\nquotes:\n  - { asset: ETH, currency: USD, price: "3000", observed_at: always }\n',
  )
  expect((await at([{ name: 'house', kind: 'file', path: 'prices.yaml' }])).found).toMatchObject([
    well(/^house: 1 quotes$/),
  ])
})

test('rules that do not fit the assets are told with their place', async () => {
  await findingsAt('limits', 'files', (config) => config)
  const path = join(folder, 'limits-rules.yaml')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('USDT-ETHEREUM', 'USDT-MARS'))
  const { stdout, exitCode } = await runCommandLine([
    'doctor',
    '--config',
    join(folder, 'limits.yaml'),
    '--output',
    'json',
  ])
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
  expect(exitCode).toBe(1)
  expect(findings.filter(({ check }) => check === 'files')).toMatchObject([
    wrong(/limits-rules\.yaml:\d+:\d+ .*USDT-MARS, which is not in the registry/, /Write there/),
  ])
})
