import { AdminFault, type Transaction } from '@callback-quorum/service'
import type { z } from 'zod'
import type { keptRemovals, keptVersion } from './kept-body.ts'

interface Version {
  readonly source: string
  readonly sha256: string
}

/** A proposal shows so many names; the diff of the version has all. */
const PARTIES_MAX = 20

/** What whoever decides about a quarantined version sees of it. Throws AdminFault 404 or 409. */
export async function prepareVersion(
  tx: Transaction,
  { source, sha256 }: Version,
): Promise<z.output<typeof keptVersion>> {
  const [row] = await tx.query<{ state: string; date_of_issue: string | null; rows: number; findings: unknown[] }>({
    text: 'select state, date_of_issue, rows, findings from list_version where source = $1 and sha256 = $2',
    values: [source, sha256],
  })
  if (row === undefined) throw new AdminFault(404, `${source} has no such version`)
  if (row.state !== 'quarantined')
    throw new AdminFault(409, `the version is ${row.state}; only one in quarantine is decided about`)
  return { source, sha256, date_of_issue: row.date_of_issue, rows: row.rows, findings: row.findings }
}

/** What a version no longer has and still blocks. Throws AdminFault 404 or 409. */
export async function prepareRemovals(
  tx: Transaction,
  { source, sha256 }: Version,
): Promise<z.output<typeof keptRemovals>> {
  const [row] = await tx.query<{ removals: bigint; parties: string[] | null }>({
    text: `select count(r.removal_id) as removals, array_agg(distinct r.row ->> 'partyName') filter (where r.row ? 'partyName') as parties
           from list_version v left join list_removal r on r.removed_by = v.version_id and r.state = 'held'
           where v.source = $1 and v.sha256 = $2 group by v.version_id`,
    values: [source, sha256],
  })
  if (row === undefined) throw new AdminFault(404, `${source} has no such version`)
  if (row.removals === 0n) throw new AdminFault(409, 'the version holds no removal that waits')
  return { source, sha256, removals: Number(row.removals), parties: (row.parties ?? []).slice(0, PARTIES_MAX) }
}
