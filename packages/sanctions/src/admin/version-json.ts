import type { ListVersion } from '../versions/list-version.ts'

/** A version as people see it. */
export const versionJson = (version: ListVersion): object => ({
  id: version.id.toString(),
  sha256: version.sha256,
  state: version.state,
  format: version.format,
  reading: version.reading,
  date_of_issue: version.dateOfIssue ?? null,
  fetched_at: version.fetchedAt.toISOString(),
  checked_at: version.checkedAt?.toISOString() ?? null,
  rows: version.rows,
  parties: version.parties,
  unparsed: version.unparsed,
  opaque: version.opaque,
  rows_by_code: version.rowsByCode,
  canonical_set_sha: version.canonicalSetSha,
  findings: version.findings,
})
