import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { advancedXml, detail } from '../advanced-xml.ts'
import { V0304, V0321 } from '../lists.ts'
import { deliver, newDirectory, serveSanctions } from './served-sanctions.ts'

const LIST = { source: 'ofac-sdn', file: 'list.xml' }
const TORNADO = '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc'

test('two people let a quarantined delisting in, and then let its addresses go', async () => {
  const directory = await newDirectory()
  const v0304 = await deliver(directory, await readFile(V0304))
  const served = await serveSanctions(directory, [LIST])
  const lists = async (): Promise<Record<string, unknown> | undefined> =>
    ((await served.get('vera', '/v1/lists')).body['lists'] as Record<string, unknown>[])[0]
  expect(await lists()).toMatchObject({
    source: 'ofac-sdn',
    standing: 'fresh',
    why: null,
    max_age_seconds: 86_400,
    active: { sha256: v0304, rows: 717, checked_at: '2026-01-05T12:00:00.000Z', starter: false },
    published: { sha256: v0304, state: 'active' },
    removals_held: 0,
  })

  const v0321 = await deliver(directory, await readFile(V0321))
  expect((await served.post('vera', '/v1/lists/ofac-sdn/refresh')).status).toBe(403)
  const refresh = async (): Promise<number> => (await served.post('olga', '/v1/lists/ofac-sdn/refresh')).status
  expect([await refresh(), await refresh()]).toEqual([202, 409])
  await vi.waitFor(
    async () => expect((await lists())?.['published']).toEqual({ sha256: v0321, state: 'quarantined' }),
    { timeout: 20_000 },
  )
  const versions = await served.get('vera', '/v1/lists/ofac-sdn/versions')
  expect(versions.body).toMatchObject({
    next: null,
    versions: [
      { sha256: v0321, state: 'quarantined', rows: 627, findings: [{ gate: 'code_shrunk', code: 'ETH' }, {}] },
      { sha256: v0304, state: 'active', rows: 717, findings: [] },
    ],
  })

  const proposed = await served.post('olga', '/v1/proposals', {
    kind: 'activate-version',
    source: 'ofac-sdn',
    sha256: v0321,
    reason: 'delisted by OFAC on 2025-03-21',
  })
  expect(proposed).toMatchObject({ status: 201 })
  const id = String(proposed.body['id'])
  expect((await served.post('anna', `/v1/proposals/${id}/approve`)).status).toBe(200)
  const screened = async (): Promise<unknown> =>
    ((await served.get('vera', `/v1/screen?address=${TORNADO}&chain=ethereum`)).body['lists'] as object[])[0]
  await vi.waitFor(async () => expect(await screened()).toMatchObject({ version_sha: v0321 }), { timeout: 20_000 })
  expect(await screened()).toMatchObject({ matches: [{ party_id: '39796', strength: 'L1', removed_by: v0321 }] })

  const acknowledged = await served.post('anna', '/v1/proposals', {
    kind: 'acknowledge-removals',
    source: 'ofac-sdn',
    sha256: v0321,
    reason: 'read the notice',
  })
  expect((await served.post('anna', `/v1/proposals/${String(acknowledged.body['id'])}/approve`)).status).toBe(403)
  expect((await served.post('axel', `/v1/proposals/${String(acknowledged.body['id'])}/approve`)).body).toMatchObject({
    effect: { removals_acknowledged: 90 },
  })
  await vi.waitFor(async () => expect(await screened()).toMatchObject({ matches: [] }), { timeout: 20_000 })
}, 90_000)

test('[S30] the difference of two versions, as lines and as a table', async () => {
  const directory = await newDirectory()
  const v0304 = await deliver(directory, await readFile(V0304))
  const served = await serveSanctions(directory, [{ ...LIST, gates: { code_shrink_percent: 100 } }])
  const v0321 = await deliver(directory, await readFile(V0321))
  // The clock stands: nothing is due by itself.
  expect((await served.post('olga', '/v1/lists/ofac-sdn/refresh')).status).toBe(202)
  await vi.waitFor(() => expect(served.rules.dataVersion()).toBe(`ofac-sdn@${v0321.slice(0, 16)}`), { timeout: 20_000 })
  const path = `/v1/lists/ofac-sdn/diff?from=${v0304}&to=${v0321}`
  const { body } = await served.get('vera', path)
  expect(body).toMatchObject({
    from: v0304,
    to: v0321,
    truncated: false,
    counts: {
      added: 0,
      removed: 90,
      moved: 0,
      changed: 8,
      by_code: { ETH: { removed: 90, changed: 8 } },
      by_party: { '39796': { removed: 90 }, '44718': { changed: 8 } },
    },
  })
  const lines = body['lines'] as readonly Record<string, unknown>[]
  expect(lines).toHaveLength(98)
  expect(lines[0]).toMatchObject({
    change: 'removed',
    party_name: 'TORNADO CASH',
    first_seen: '2026-01-05T12:00:00.000Z',
  })
  const csv = String((await served.get('vera', `${path}&format=csv`)).body['csv']).split('\r\n')
  expect([csv.length, csv[0], csv.at(-1)]).toEqual([
    100,
    'change,code,value,party_id,party_name,programs,list_ids,feature_id,former_party_id,first_seen',
    '',
  ])
  expect(csv[1]).toMatch(/^removed,ETH,0x[0-9a-fA-F]{40},39796,TORNADO CASH,.*,1550,\d+,,2026-01-05T12:00:00.000Z$/)
  expect((await served.get('vera', `/v1/lists/ofac-sdn/diff?to=${'0'.repeat(64)}`)).status).toBe(404)
  expect((await served.get('vera', '/v1/lists/ofac-sdn/diff')).status).toBe(400)
  expect((await served.get('vera', '/v1/lists/other/versions')).status).toBe(404)
}, 60_000)

test('an analyst sees what lists say of an address; it decides nothing and is logged with who asked', async () => {
  const directory = await newDirectory()
  const value = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
  await deliver(directory, advancedXml([{ party: '7', name: '=Formula, "quoted"', detail: detail(value) }]))
  const served = await serveSanctions(directory, [{ ...LIST, gates: { rows_min: 1 } }])
  const ask = async (query: string): Promise<unknown> => (await served.get('vera', `/v1/screen?${query}`)).body
  expect(await ask(`address=${value}`)).toMatchObject({
    chain: null,
    readings: expect.arrayContaining([expect.objectContaining({ family: 'bitcoin' })]) as unknown[],
    lists: [{ source: 'ofac-sdn', standing: 'fresh', matches: [{ strength: 'L1', party_id: '7', listed_as: value }] }],
  })
  expect(await ask('address=bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s')).toMatchObject({
    lists: [{ matches: [{ strength: 'L2' }] }],
  })
  expect(await ask('address=nonsense&chain=ethereum')).toMatchObject({ readings: [], lists: [{ matches: [] }] })
  for (const query of ['', 'address=', `address=${'a'.repeat(257)}`, `address=${value}&chain=NOPE`, 'adress=x'])
    expect((await served.get('vera', `/v1/screen?${query}`)).status).toBe(400)
  const line = served.lines.find((text) => text.includes('"event":"screened"'))
  expect(JSON.parse(line ?? '{}')).toMatchObject({ who: 'vera', address: value, matches: 1 })
  const sha = served.rules.dataVersion().slice('ofac-sdn@'.length)
  const [found] = await served.database.query<{ sha256: string }>({
    text: 'select sha256 from list_version where starts_with(sha256, $1)',
    values: [sha],
  })
  const same = await served.get('vera', `/v1/lists/ofac-sdn/diff?to=${String(found?.sha256)}&format=csv`)
  expect(same.body).toMatchObject({ from: found?.sha256, counts: { added: 0, removed: 0 } })
})
