import { AdminFault, readQuery, readWord, type AdminCall, type AdminRoute } from '@callback-quorum/service'
import { diffRows } from '../versions/diff-rows.ts'
import type { ListVersion } from '../versions/list-version.ts'
import { readStoredRows } from '../versions/stored-version.ts'
import { findVersion } from '../versions/version-store.ts'
import { diffLines, type DiffLine } from './diff-lines.ts'
import { diffCsv } from './diff-csv.ts'
import type { ListsContext } from './lists-context.ts'
import { readFirstSeen } from './read-first-seen.ts'
import { sourceOf } from './source-of.ts'

/** What one answer holds; a version of a million addresses is not looked at by eye. The counts are of everything. */
const LINES_MAX = 5_000

/**
 * `GET /v1/lists/:source/diff?from=&to=&format=`: what a version added, removed, moved to another party or describes anew. `from` and `to`
 * are SHA-256; without `from`, the active version. `format=csv` gives the lines as one text.
 */
export const diffRoute = (context: ListsContext): AdminRoute => ({
  method: 'GET',
  path: '/v1/lists/:source/diff',
  role: 'viewer',
  handle: (call) => diff(context, call),
})

async function diff(context: ListsContext, call: AdminCall): Promise<{ body: object }> {
  const { database } = context
  const source = sourceOf(context, call)
  const { from, to, format: word } = readQuery(call, ['from', 'to', 'format'])
  const format = readWord('format', word, ['json', 'csv']) ?? 'json'
  if (to === undefined) throw new AdminFault(400, 'to is missing; expected the SHA-256 of a version')
  const version = async (sha256: string): Promise<ListVersion> => {
    const found = await findVersion(database, source.name, sha256)
    if (found === undefined) throw new AdminFault(404, `there is no such version of ${source.name}`)
    return found
  }
  const active = source.active()?.index.versionSha
  const fromSha = from ?? active
  const before = fromSha === undefined ? undefined : await version(fromSha)
  const after = await version(to)
  const changes = await diffRows(
    before === undefined ? [] : await readStoredRows(database, before),
    await readStoredRows(database, after),
  )
  const { lines, counts } = diffLines(changes)
  const shown = lines.slice(0, LINES_MAX)
  const seen = await readFirstSeen(database, source.name, shown)
  const dated = shown.map((line): DiffLine & { readonly first_seen: string | null } => ({
    ...line,
    first_seen: seen.get(line) ?? null,
  }))
  return {
    body: {
      source: source.name,
      from: before?.sha256 ?? null,
      to: after.sha256,
      counts,
      truncated: lines.length > shown.length,
      ...(format === 'csv' ? { csv: diffCsv(dated) } : { lines: dated }),
    },
  }
}
