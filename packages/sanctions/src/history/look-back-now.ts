import { setImmediate as nextTurn } from 'node:timers/promises'
import { canonicalizeAddress, ChainsFault, type AssetRegistry, type CanonicalAddress } from '@callback-quorum/chains'
import type { Sql } from '@callback-quorum/service'
import type { AddressIndex, ListedMatch } from '../list/address-index.ts'

/** Rows that one answer looks at: about a second. The next answer goes on where it ended. */
const EXAMINED_MAX = 20_000
const ROWS_PER_TURN = 250

export interface Screened {
  readonly id: bigint
  readonly businessKey: string
  readonly organisation: string
  readonly chain: string
  readonly role: string
  readonly raw: string
  readonly decidedAt: Date
}

export interface LookedBack {
  readonly hits: readonly { readonly screened: Screened; readonly matches: readonly ListedMatch[] }[]
  readonly examined: number
  /** Where to go on; absent when all were looked at. */
  readonly next?: bigint
}

export interface LookBackNowOptions {
  readonly database: Sql
  readonly assets: Pick<AssetRegistry, 'chain'>
  readonly indexes: readonly AddressIndex[]
  readonly days: number
  /** Only what was screened after this one. */
  readonly after?: bigint
}

/** Which approvals of the last days would be refused by the lists of now, whenever their rows were added. Writes nothing. */
export async function lookBackNow({ database, assets, indexes, days, after }: LookBackNowOptions): Promise<LookedBack> {
  const rows = await database.query<ScreenedRow>({
    text: `select screened_id, business_key, organisation, chain, role, raw, decided_at from screened_address
           where decided_at > clock_now() - $1 * interval '1 day' and screened_id > $2 order by screened_id limit $3`,
    values: [days, after ?? 0n, EXAMINED_MAX],
  })
  const known = new Map<string, readonly ListedMatch[]>()
  const hits: { screened: Screened; matches: readonly ListedMatch[] }[] = []
  for (const [position, row] of rows.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    const place = `${row.chain}\n${row.raw}`
    const matches = known.get(place) ?? findIn(indexes, row, assets)
    known.set(place, matches)
    if (matches.length > 0) hits.push({ screened: screenedOf(row), matches })
  }
  const last = rows.length === EXAMINED_MAX ? rows.at(-1) : undefined
  return { hits, examined: rows.length, ...(last !== undefined && { next: last.screened_id }) }
}

interface ScreenedRow {
  screened_id: bigint
  business_key: string
  organisation: string
  chain: string
  role: string
  raw: string
  decided_at: Date
}

const screenedOf = (row: ScreenedRow): Screened => ({
  id: row.screened_id,
  businessKey: row.business_key,
  organisation: row.organisation,
  chain: row.chain,
  role: row.role,
  raw: row.raw,
  decidedAt: row.decided_at,
})

function findIn(
  indexes: readonly AddressIndex[],
  { chain, raw }: ScreenedRow,
  assets: LookBackNowOptions['assets'],
): readonly ListedMatch[] {
  const address = readOf(chain, raw, assets)
  return indexes.flatMap((index) => index.find(raw, address === undefined ? [] : [address]))
}

/** A chain that is no longer in the registry leaves the very text to compare. */
function readOf(chainId: string, raw: string, assets: LookBackNowOptions['assets']): CanonicalAddress | undefined {
  const chain = assets.chain(chainId)
  if (chain === undefined) return undefined
  try {
    return canonicalizeAddress(chain.family, chain.network, raw)
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
