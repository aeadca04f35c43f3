import type { Sql, Transaction } from '@callback-quorum/service'
import type { GateFinding } from './gate-finding.ts'
import type { ListVersion, VersionCounts, VersionState } from './list-version.ts'

interface Row {
  readonly version_id: bigint
  readonly source: string
  readonly sha256: string
  readonly format: string
  readonly reading: string
  readonly date_of_issue: string | null
  readonly fetched_at: Date
  readonly checked_at: Date | null
  readonly state: VersionState
  readonly gated_against: bigint | null
  readonly findings: readonly GateFinding[]
  readonly rows: number
  readonly parties: number
  readonly unparsed: number
  readonly opaque: number
  readonly codes: readonly string[]
  readonly rows_by_code: Readonly<Record<string, number>>
  readonly canonical_set_sha: string
}

const COLUMNS =
  'version_id, source, sha256, format, reading, date_of_issue, fetched_at, checked_at, state, gated_against, findings, ' +
  'rows, parties, unparsed, opaque, codes, rows_by_code, canonical_set_sha'

const versionOf = (row: Row): ListVersion => ({
  id: row.version_id,
  source: row.source,
  sha256: row.sha256,
  format: row.format,
  reading: row.reading,
  ...(row.date_of_issue !== null && { dateOfIssue: row.date_of_issue }),
  fetchedAt: row.fetched_at,
  ...(row.checked_at !== null && { checkedAt: row.checked_at }),
  state: row.state,
  ...(row.gated_against !== null && { gatedAgainst: row.gated_against }),
  findings: row.findings,
  rows: row.rows,
  parties: row.parties,
  unparsed: row.unparsed,
  opaque: row.opaque,
  codes: row.codes,
  rowsByCode: row.rows_by_code,
  canonicalSetSha: row.canonical_set_sha,
})

export async function findVersion(sql: Sql, source: string, sha256: string): Promise<ListVersion | undefined> {
  const [row] = await sql.query<Row>({
    text: `select ${COLUMNS} from list_version where source = $1 and sha256 = $2`,
    values: [source, sha256],
  })
  return row && versionOf(row)
}

export async function readVersion(sql: Sql, id: bigint): Promise<ListVersion> {
  const [row] = await sql.query<Row>({
    text: `select ${COLUMNS} from list_version where version_id = $1`,
    values: [id],
  })
  if (row === undefined) throw new Error(`invariant: version ${id.toString()} is referred to and must be there`)
  return versionOf(row)
}

/** Newest first, those before `before`. */
export async function readVersions(
  sql: Sql,
  source: string,
  { before, rows }: { readonly before?: bigint; readonly rows: number },
): Promise<readonly ListVersion[]> {
  const found = await sql.query<Row>({
    text: `select ${COLUMNS} from list_version
           where source = $1 and ($2::bigint is null or version_id < $2) order by version_id desc limit $3`,
    values: [source, before ?? null, rows],
  })
  return found.map(versionOf)
}

export interface NewVersion extends VersionCounts {
  readonly source: string
  readonly sha256: string
  readonly format: string
  readonly reading: string
  readonly checkedAt: Date | undefined
  readonly gatedAgainst: bigint | undefined
  readonly findings: readonly GateFinding[]
  readonly rawBytes: number
  readonly rawPacked: boolean
}

/** Puts a version into quarantine, where all begin; undefined when these bytes are known already. */
export async function insertVersion(tx: Transaction, version: NewVersion): Promise<bigint | undefined> {
  const [row] = await tx.query<{ version_id: bigint }>({
    text: `insert into list_version (source, sha256, format, reading, date_of_issue, fetched_at, checked_at, state, gated_against, findings,
             rows, parties, unparsed, opaque, codes, rows_by_code, canonical_set_sha, raw_bytes, raw_packed)
           values ($1, $2, $3, $4, $5, clock_now(), $6, 'quarantined', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
           on conflict (source, sha256) do nothing returning version_id`,
    values: [
      version.source,
      version.sha256,
      version.format,
      version.reading,
      version.dateOfIssue ?? null,
      version.checkedAt ?? null,
      version.gatedAgainst ?? null,
      JSON.stringify(version.findings),
      version.rows,
      version.parties,
      version.unparsed,
      version.opaque,
      [...version.codes],
      JSON.stringify(version.rowsByCode),
      version.canonicalSetSha,
      version.rawBytes,
      version.rawPacked,
    ],
  })
  return row?.version_id
}

/** What the gates said this time of a known version that does not screen; it is in quarantine from then on. */
export async function recordGates(
  sql: Sql,
  id: bigint,
  gatedAgainst: bigint | undefined,
  findings: readonly GateFinding[],
): Promise<void> {
  await sql.query({
    text: `update list_version set state = 'quarantined', gated_against = $2, findings = $3
           where version_id = $1 and state in ('quarantined', 'superseded')`,
    values: [id, gatedAgainst ?? null, JSON.stringify(findings)],
  })
}

/** Somebody saw at `checkedAt` that the publication is this version. Never makes it older. */
export async function recordCheck(sql: Sql, id: bigint, checkedAt: Date): Promise<void> {
  await sql.query({
    text: `update list_version set checked_at = $2 where version_id = $1 and (checked_at is null or checked_at < $2)`,
    values: [id, checkedAt],
  })
}
