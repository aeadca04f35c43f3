import type { Evidence } from '@callback-quorum/checker-kit'
import type { Sql, Transaction } from '@callback-quorum/service'
import type { AddedKey } from './added-keys.ts'

/** Something that was let through, or is allow-listed, and hits a row that a version added later. */
export interface LookbackHit {
  readonly hitId: bigint
  readonly source: string
  readonly versionSha: string
  readonly foundIn: 'approval' | 'address-book'
  /** The approval; absent for an entry of the address book. */
  readonly approval?: {
    readonly businessKey: string
    readonly organisation: string
    readonly role: string
    readonly decidedAt: Date
  }
  readonly chain: string
  readonly raw: string
  readonly key: string
  readonly matched: string
  readonly listed: Evidence
  readonly foundAt: Date
  /** YYYY-MM-DD. */
  readonly reportBy: string
}

/** One pass over one version: what is written down beside each hit. */
export interface Pass {
  readonly source: string
  readonly versionSha: string
  readonly foundAt: Date
  readonly reportBy: string
}

/** An entry of the address book that one of the keys finds. */
export interface BookEntry {
  readonly chain: string
  readonly raw: string
  readonly key: string
  readonly matched: string
  readonly listedId: string
  readonly listed: Evidence
}

/** Writes down the approvals of the last `days` that one of the keys finds. Gives how many are new: each is written once, however often it is looked for. */
export async function insertApprovalHits(
  tx: Transaction,
  { source, versionSha, foundAt, reportBy }: Pass,
  added: readonly AddedKey[],
  days: number,
): Promise<number> {
  const inserted = await tx.query({
    text: `insert into lookback_hit (source, version_sha, found_in, business_key, organisation, role, chain, raw, key, matched, listed, listed_id,
             decided_at, found_at, report_by)
           select distinct on (a."listedId", s.business_key, s.role, s.chain, s.key)
             $1, $2, 'approval', s.business_key, s.organisation, s.role, s.chain, s.raw, s.key, a.key, a.listed, a."listedId", s.decided_at, $3::timestamptz, $4::date
           from jsonb_to_recordset($5::jsonb) as a (key text, "listedId" text, listed jsonb)
           join screened_key k on k.key = a.key and k.decided_at > $3::timestamptz - $6 * interval '1 day'
           join screened_address s using (screened_id)
           order by a."listedId", s.business_key, s.role, s.chain, s.key, s.decided_at desc, a.key = s.key desc, a.key
           on conflict do nothing returning hit_id`,
    values: [source, versionSha, foundAt, reportBy, JSON.stringify(added), days],
  })
  return inserted.length
}

export async function insertBookHits(
  tx: Transaction,
  { source, versionSha, foundAt, reportBy }: Pass,
  entries: readonly BookEntry[],
): Promise<number> {
  const inserted = await tx.query({
    text: `insert into lookback_hit (source, version_sha, found_in, chain, raw, key, matched, listed, listed_id, found_at, report_by)
           select $1, $2, 'address-book', chain, raw, key, matched, listed, "listedId", $3::timestamptz, $4::date
           from jsonb_to_recordset($5::jsonb) as e (chain text, raw text, key text, matched text, "listedId" text, listed jsonb)
           on conflict do nothing returning hit_id`,
    values: [source, versionSha, foundAt, reportBy, JSON.stringify(entries)],
  })
  return inserted.length
}

export interface HitsFilter {
  readonly source?: string
  /** Only older ones than this. */
  readonly before?: bigint
  readonly rows: number
}

interface HitRow {
  hit_id: bigint
  source: string
  version_sha: string
  found_in: LookbackHit['foundIn']
  business_key: string | null
  organisation: string | null
  role: string | null
  chain: string
  raw: string
  key: string
  matched: string
  listed: Evidence
  decided_at: Date | null
  found_at: Date
  report_by: string
}

/** The newest hits first. */
export async function readHits(database: Sql, { source, before, rows }: HitsFilter): Promise<readonly LookbackHit[]> {
  const found = await database.query<HitRow>({
    text: `select * from lookback_hit where ($1::text is null or source = $1) and ($2::bigint is null or hit_id < $2)
           order by hit_id desc limit $3`,
    values: [source ?? null, before ?? null, rows],
  })
  return found.map(hitOf)
}

function hitOf(row: HitRow): LookbackHit {
  const { business_key: businessKey, organisation, role, decided_at: decidedAt } = row
  const isApproval = businessKey !== null && organisation !== null && role !== null && decidedAt !== null
  return {
    hitId: row.hit_id,
    source: row.source,
    versionSha: row.version_sha,
    foundIn: row.found_in,
    ...(isApproval && { approval: { businessKey, organisation, role, decidedAt } }),
    chain: row.chain,
    raw: row.raw,
    key: row.key,
    matched: row.matched,
    listed: row.listed,
    foundAt: row.found_at,
    reportBy: row.report_by,
  }
}
