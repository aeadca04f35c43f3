import { createHash, createPublicKey } from 'node:crypto'
import { verifyExportManifest, type ExportManifest } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { rejects, scriptedRule, startCheckerRig, transfer, type CheckerRig } from './checker-rig.ts'

const ADMIN = 'admin: { listen: 127.0.0.1:0, tokens: tokens.yaml }'
const SPAN = { from: '2020-01-01', to: '2020-12-31' }

interface Page {
  readonly upto: string
  readonly lines: readonly string[]
  readonly next: string | null
}

let rig: CheckerRig
afterEach(() => rig.close())

const year = (): typeof SPAN => {
  const now = new Date().getUTCFullYear()
  return { from: `${String(now)}-01-01`, to: `${String(now + 1)}-01-01` }
}

async function get(path: string, query: Readonly<Record<string, string>>): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${rig.checker.adminUrl ?? ''}${path}?${new URLSearchParams(query).toString()}`, {
    headers: { authorization: `Bearer ${rig.adminToken}` },
  })
  return { status: response.status, body: await response.json() }
}

async function start(): Promise<ReturnType<typeof scriptedRule>> {
  const rule = scriptedRule('only')
  rig = await startCheckerRig([rule], ADMIN)
  return rule
}

const pageOf = async (query: Readonly<Record<string, string>>): Promise<Page> =>
  (await get('/v1/verdicts', query)).body as Page

const manifestOf = async (query: Readonly<Record<string, string>>) =>
  (await get('/v1/verdicts/manifest', query)).body as { readonly manifest: ExportManifest; readonly signed: string }

test('every verdict is given away with its question and evidence, and the checker signs what they are', async () => {
  const rule = await start()
  await rig.ask(transfer('t1'))
  rule.judgeSays = () => Promise.resolve(rejects('NOT_THIS_ONE'))
  await rig.ask(transfer('t2'))
  const page = await pageOf(year())
  const records = page.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(records).toMatchObject([
    { record_id: '1', outcome: 'approve', codes: [], question: { transactionId: 't1' }, data_version: 'data-7' },
    { outcome: 'reject', codes: ['NOT_THIS_ONE'], question: { transactionId: 't2' }, evidence: { only: {} } },
  ])
  expect(records[0]?.recorded_at).toMatch(/^\d{4}-\d\d-\d\dT/)
  const given = await manifestOf({ ...year(), upto: page.upto })
  const key = createPublicKey(rig.keys['checker'] ?? '')
  const keys = [{ owner: 'checker', fingerprint: '', key, maxTokenAgeMs: 0 }]
  const content = page.lines.map((line) => `${line}\n`).join('')
  const manifest = await verifyExportManifest(given.signed, keys, Date.now())
  expect(manifest).toEqual(given.manifest)
  expect(manifest).toMatchObject({
    iss: 'checker',
    records: 2,
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  })
})

test('what comes later is not in an export that has begun, and a day outside is not either', async () => {
  await start()
  await rig.ask(transfer('t1'))
  const page = await pageOf(year())
  await rig.ask(transfer('t2'))
  const again = await pageOf({ ...year(), upto: page.upto })
  expect(again).toEqual(page)
  expect((await manifestOf({ ...year(), upto: page.upto })).manifest.records).toBe(1)
  expect((await pageOf(SPAN)).lines).toEqual([])
})

test('pages follow one another and leave nothing out', async () => {
  await start()
  await rig.ask(transfer('t1'))
  await rig.database.query({
    text: `insert into verdict_record (caller, dialect, kind, request_id, digest, outcome, judged, codes, reason, policy_digest, data_version, evidence, recorded_at)
           select caller, dialect, kind, 'copy-' || n, digest, outcome, judged, codes, reason, policy_digest, data_version, evidence, recorded_at
           from verdict_record, generate_series(1, 1100) as n`,
  })
  const lines: string[] = []
  let query: Record<string, string> | undefined = year()
  const sizes: number[] = []
  while (query !== undefined) {
    const page = await pageOf(query)
    lines.push(...page.lines)
    sizes.push(page.lines.length)
    query = page.next === null ? undefined : { ...year(), upto: page.upto, after: page.next }
  }
  expect(sizes).toEqual([500, 500, 101])
  const { manifest } = await manifestOf({ ...year(), upto: '1101' })
  expect(manifest.sha256).toBe(
    createHash('sha256')
      .update(lines.map((line) => `${line}\n`).join(''))
      .digest('hex'),
  )
})

test.each([
  [{ from: '2026-10-01', to: '2026-10-01' }, 'to is not after from'],
  [{ from: '2024-01-01', to: '2026-10-01' }, 'from and to are more than 367 days apart; expected shorter parts'],
  [
    { from: 'yesterday', to: '2026-10-01' },
    'from is not a time; expected for example 2026-10-01 or 2026-10-01T12:00:00Z',
  ],
  [{ from: '2026-10-01', to: '2026-10-02', after: '-1' }, 'after is not an id; expected digits'],
  [{ from: '2026-10-01', to: '2026-10-02', month: '1' }, 'the query names month; expected of from, to, upto, after'],
])('%j is refused: %s', async (query, error) => {
  await start()
  expect(await get('/v1/verdicts', query as Record<string, string>)).toEqual({ status: 400, body: { error } })
})
