import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdminToken, createLogger, loadAdminTokens, startAdminServer } from '@callback-quorum/service'
import { describe, expect, onTestFinished, test } from 'vitest'
import { historyRoutes } from '../../src/history/history-routes.ts'
import type { ListReader } from '../../src/list/list-reader.ts'
import { freshList } from '../lists.ts'
import { LAZARUS, v11 } from '../rule-under-test.ts'
import { ASSETS } from '../similar/asked-as-kit.ts'
import { DAY_MS, openLookbackRig, row, SHA, type LookbackRig } from './lookback-rig.ts'

const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const OTHER = '0xd9A1b0B1e1aE382DbDc898Ea68012FfcB2853a91'

interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface RoutesRig extends LookbackRig {
  get(path: string): Promise<Answered>
}

const NOT_LOADED: ListReader = { name: 'eu', maxAgeMs: 1, active: () => undefined }

async function open(lists: readonly ListReader[] = [freshList(v11)]): Promise<RoutesRig> {
  const rig = await openLookbackRig()
  const folder = await mkdtemp(join(tmpdir(), 'callback quorum history '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { token, sha256 } = createAdminToken()
  const path = join(folder, 'tokens.yaml')
  await writeFile(path, `tokens:\n  - { name: vera, role: viewer, sha256: ${sha256} }\n`, { mode: 0o600 })
  const server = await startAdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    authenticate: await loadAdminTokens(path),
    routes: historyRoutes({ database: rig.database, assets: ASSETS, lists }),
    log: createLogger({ level: 'silent', name: 'history' }),
  })
  onTestFinished(() => server.close())
  return {
    ...rig,
    get: async (asked) => {
      const response = await fetch(`${server.url}${asked}`, { headers: { authorization: `Bearer ${token}` } })
      return { status: response.status, body: (await response.json()) as Answered['body'] }
    },
  }
}

describe('GET /v1/lookback', () => {
  test('asks the lists of now about the approvals of the last days', async () => {
    const { approve, testDatabase, get } = await open()
    await approve('old', 'ethereum', [LAZARUS])
    await testDatabase.advance(10 * DAY_MS)
    await approve('new', 'tron', ['TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB'])
    await approve('clean', 'ethereum', [CLEAN])
    const { status, body } = await get('/v1/lookback?days=9')
    expect([status, body]).toEqual([
      200,
      {
        days: 9,
        lists: [{ source: 'ofac-sdn', version_sha: v11.versionSha }],
        examined: 2,
        approvals: [
          {
            business_key: 'cobo:acme:new',
            organisation: 'acme',
            role: 'destination',
            chain: 'tron',
            address: 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB',
            decided_at: '2026-01-11T00:00:00.000Z',
            matches: [expect.objectContaining({ source: 'ofac-sdn', strength: 'L2', value: LAZARUS }) as object],
          },
        ],
        next: null,
      },
    ])
    expect((await get('/v1/lookback')).body).toMatchObject({
      days: 30,
      examined: 3,
      approvals: [{ business_key: 'cobo:acme:old' }, { business_key: 'cobo:acme:new' }],
    })
  })

  test('asks one list where it is named', async () => {
    const { approve, get } = await open([freshList(v11), NOT_LOADED])
    await approve('t', 'ethereum', [LAZARUS])
    expect((await get('/v1/lookback?source=ofac-sdn')).body).toMatchObject({ approvals: [{ address: LAZARUS }] })
  })

  test('goes on where the last answer ended', async () => {
    const { database, get } = await open()
    await database.query({
      text: `insert into screened_address (business_key, organisation, chain, role, key, raw, decided_at)
             select 'cobo:acme:' || n, 'acme', 'ethereum', 'destination', 'k', case when n = 20001 then $1 else $2 end, clock_now()
             from generate_series(1, 20001) n`,
      values: [LAZARUS, CLEAN],
    })
    const first = (await get('/v1/lookback')).body
    expect(first).toMatchObject({ examined: 20_000, approvals: [] })
    expect((await get(`/v1/lookback?after=${String(first.next)}`)).body).toMatchObject({
      examined: 1,
      approvals: [{ business_key: 'cobo:acme:20001' }],
      next: null,
    })
  })

  test.each([
    ['a list that is not loaded', '', 409, 'no version of eu is loaded'],
    ['an unknown list', '?source=un', 404, 'no list is called so; expected one of ofac-sdn, eu'],
    ['no number of days', '?days=0', 400, 'days is not a number of days; expected 1 to 3660'],
    ['more days than ten years', '?days=3661', 400, 'days is not a number of days; expected 1 to 3660'],
    ['an unknown filter', '?day=3', 400, 'the query names day; expected of days, source, after'],
  ])('refuses %s', async (_, query, status, error) => {
    const { get } = await open([freshList(v11), NOT_LOADED])
    expect(await get(`/v1/lookback${query}`)).toEqual({ status, body: { error } })
  })
})

describe('GET /v1/lookback/hits', () => {
  test('shows what activations found, newest first, with the day of the report', async () => {
    const { approve, activate, get } = await open()
    await approve('t-1', 'ethereum', [OTHER])
    await approve('t-2', 'ethereum', [CLEAN])
    await activate([row(OTHER)])
    await activate([row(CLEAN, { featureId: '2' })], 'b'.repeat(64))
    const { body } = await get('/v1/lookback/hits')
    expect(body).toMatchObject({
      hits: [
        { business_key: 'cobo:acme:t-2', version_sha: 'b'.repeat(64) },
        {
          source: 'ofac-sdn',
          version_sha: SHA,
          found_in: 'approval',
          business_key: 'cobo:acme:t-1',
          organisation: 'acme',
          role: 'destination',
          decided_at: '2026-01-01T00:00:00.000Z',
          chain: 'ethereum',
          address: OTHER,
          listed: { partyName: 'Somebody', value: OTHER },
          found_at: '2026-01-01T00:00:00.000Z',
          report_by: '2026-01-15',
        },
      ],
      next: null,
    })
    expect((await get('/v1/lookback/hits?source=eu')).body).toEqual({ hits: [], next: null })
  })

  test('in pages of a hundred', async () => {
    const { approve, activate, get } = await open()
    await approve('t', 'ethereum', [OTHER])
    await activate(Array.from({ length: 101 }, (_, n) => row(OTHER, { featureId: String(n) })))
    const first = (await get('/v1/lookback/hits')).body
    expect(first.hits).toHaveLength(100)
    const second = (await get(`/v1/lookback/hits?after=${String(first.next)}`)).body
    expect(second).toMatchObject({ hits: [{}], next: null })
    expect((await get('/v1/lookback/hits?after=x')).status).toBe(400)
  })
})
