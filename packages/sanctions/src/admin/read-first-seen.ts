import type { Sql } from '@callback-quorum/service'
import { rowKey } from '../versions/row-key.ts'
import type { DiffLine } from './diff-lines.ts'

/** When this checker first screened with each of the rows; nothing for those it never did. */
export async function readFirstSeen(
  sql: Sql,
  source: string,
  lines: readonly DiffLine[],
): Promise<ReadonlyMap<DiffLine, string>> {
  const keys = lines.map((line) => rowKey({ partyId: line.party_id, code: line.code, value: line.value }))
  const rows = await sql.query<{ row_key: string; at: Date }>({
    text: 'select row_key, at from first_seen where source = $1 and row_key = any($2::text[])',
    values: [source, keys],
  })
  const seen = new Map(rows.map(({ row_key: key, at }) => [key, at.toISOString()]))
  return new Map(
    lines.flatMap((line, position) => {
      const at = seen.get(keys[position] ?? '')
      return at === undefined ? [] : [[line, at] as const]
    }),
  )
}
