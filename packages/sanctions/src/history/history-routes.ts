import type { AssetRegistry } from '@callback-quorum/chains'
import {
  AdminFault,
  PAGE,
  readId,
  readQuery,
  type AdminCall,
  type AdminRoute,
  type Sql,
} from '@callback-quorum/service'
import type { AddressIndex, ListedMatch } from '../list/address-index.ts'
import type { ListReader } from '../list/list-reader.ts'
import { LOOKBACK_DAYS } from './lookback.ts'
import { lookBackNow, type LookedBack } from './look-back-now.ts'
import { readHits, type LookbackHit } from './lookback-hits.ts'

/** Records are kept for ten years, and so are approvals; a question about all of them is asked in pages. */
const DAYS_MAX = 3_660

export interface HistoryContext {
  readonly database: Sql
  readonly assets: Pick<AssetRegistry, 'chain'>
  readonly lists: readonly ListReader[]
}

/** `GET /v1/lookback?days=&source=&after=`, which asks the lists of now, and `GET /v1/lookback/hits?source=&after=`, what activations found. */
export const historyRoutes = (context: HistoryContext): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/lookback', role: 'viewer', handle: (call) => lookBack(context, call) },
  { method: 'GET', path: '/v1/lookback/hits', role: 'viewer', handle: (call) => listHits(context, call) },
]

async function lookBack({ database, assets, lists }: HistoryContext, call: AdminCall): Promise<{ body: object }> {
  const { days: daysText, source, after } = readQuery(call, ['days', 'source', 'after'])
  const days = daysText === undefined ? LOOKBACK_DAYS : readDays(daysText)
  const indexes = indexesOf(lists, source)
  const found = await lookBackNow({
    database,
    assets,
    indexes,
    days,
    ...(after !== undefined && { after: readId('after', after) }),
  })
  return {
    body: {
      days,
      lists: indexes.map(({ source: name, versionSha }) => ({ source: name, version_sha: versionSha })),
      examined: found.examined,
      approvals: found.hits.map(approvalJson),
      next: found.next?.toString() ?? null,
    },
  }
}

function readDays(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= DAYS_MAX) return Number(text)
  throw new AdminFault(400, `days is not a number of days; expected 1 to ${String(DAYS_MAX)}`)
}

/** An answer without a list that is not loaded would say that nothing hits it. */
function indexesOf(lists: readonly ListReader[], source: string | undefined): readonly AddressIndex[] {
  const asked = source === undefined ? lists : lists.filter(({ name }) => name === source)
  if (asked.length === 0)
    throw new AdminFault(404, `no list is called so; expected one of ${lists.map(({ name }) => name).join(', ')}`)
  return asked.map((list) => {
    const active = list.active()
    if (active === undefined) throw new AdminFault(409, `no version of ${list.name} is loaded`)
    return active.index
  })
}

const approvalJson = ({ screened, matches }: LookedBack['hits'][number]): object => ({
  business_key: screened.businessKey,
  organisation: screened.organisation,
  role: screened.role,
  chain: screened.chain,
  address: screened.raw,
  decided_at: screened.decidedAt.toISOString(),
  matches: matches.map(matchJson),
})

const matchJson = ({ source, versionSha, strength, listRaw, row }: ListedMatch): object => ({
  source,
  version_sha: versionSha,
  strength,
  party_id: row.partyId,
  party: row.partyName,
  programs: row.programs,
  list_ids: row.listIds,
  code: row.code,
  value: listRaw,
})

async function listHits({ database }: HistoryContext, call: AdminCall): Promise<{ body: object }> {
  const { source, after } = readQuery(call, ['source', 'after'])
  const found = await readHits(database, {
    ...(source !== undefined && { source }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { hits: found.map(hitJson), next: last?.hitId.toString() ?? null } }
}

const hitJson = (hit: LookbackHit): object => ({
  id: hit.hitId.toString(),
  source: hit.source,
  version_sha: hit.versionSha,
  found_in: hit.foundIn,
  business_key: hit.approval?.businessKey ?? null,
  organisation: hit.approval?.organisation ?? null,
  role: hit.approval?.role ?? null,
  decided_at: hit.approval?.decidedAt.toISOString() ?? null,
  chain: hit.chain,
  address: hit.raw,
  matched: hit.matched,
  listed: hit.listed,
  found_at: hit.foundAt.toISOString(),
  report_by: hit.reportBy,
})
