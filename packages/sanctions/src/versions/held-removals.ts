import type { Sql, Transaction } from '@callback-quorum/service'
import type { ListedRow } from '../list/listed-row.ts'
import type { HeldRemoval } from './list-version.ts'
import { stillListed, type Removal, type RemovalPolicy } from './removals-of.ts'

/** Rows of one statement: half a megabyte of JSON. */
const ROWS_PER_STATEMENT = 1_000

/** What blocks on although the active version no longer has it, oldest first. `removedBy` is in each row. */
export async function readHeldRemovals(sql: Sql, source: string): Promise<readonly HeldRemoval[]> {
  const rows = await sql.query<{ removal_id: bigint; row: ListedRow; removed_at: Date }>({
    text: `select removal_id, row, removed_at from list_removal where source = $1 and state = 'held' order by removal_id`,
    values: [source],
  })
  return rows.map(({ removal_id: id, row, removed_at: removedAt }) => ({ id, row, removedAt }))
}

/** What blocked on at a time in the past, though the version that screened then no longer had it. */
export async function readHeldThen(sql: Sql, source: string, at: Date): Promise<readonly ListedRow[]> {
  const rows = await sql.query<{ row: ListedRow }>({
    text: `select row from list_removal
           where source = $1 and removed_at <= $2 and state in ('held', 'acknowledged', 'relisted') and (closed_at is null or closed_at > $2)
           order by removal_id`,
    values: [source, at],
  })
  return rows.map(({ row }) => row)
}

/** `reading`: only when the same bytes, read anew, no longer gave the rows. */
export async function insertRemovals(
  tx: Transaction,
  source: string,
  by: { readonly version: bigint; readonly sha256: string; readonly reading?: string },
  removals: readonly Removal[],
): Promise<void> {
  for (let from = 0; from < removals.length; from += ROWS_PER_STATEMENT) {
    const batch = removals.slice(from, from + ROWS_PER_STATEMENT)
    await tx.query({
      text: `insert into list_removal (source, removed_by, reading, removed_at, row, state)
             select $1, $2, $3, clock_now(), r->'row', r->>'state' from jsonb_array_elements($4::jsonb) with ordinality e(r, n) order by n`,
      values: [
        source,
        by.version,
        by.reading ?? null,
        JSON.stringify(batch.map(({ row, state }) => ({ state, row: { ...row, removedBy: by.sha256 } }))),
      ],
    })
  }
}

/** Closes what the new version lists again: its own rows block from now on, and removing them would be held anew. */
export async function closeRelisted(
  tx: Transaction,
  source: string,
  versionSha: string,
  after: readonly ListedRow[],
  policy: RemovalPolicy,
): Promise<void> {
  const held = await readHeldRemovals(tx, source)
  const listed = await stillListed(
    held.map(({ row }) => row),
    after,
    policy,
  )
  const ids = held.flatMap(({ id, row }) => (listed.has(row) ? [id] : []))
  if (ids.length === 0) return
  await tx.query({
    text: `update list_removal set state = 'relisted', closed_at = clock_now(), closed_by = $2 where removal_id = any($1::bigint[])`,
    values: [ids, versionSha],
  })
}

/** Lets go of everything that a version removed; how many that were. */
export async function closeAcknowledged(
  tx: Transaction,
  source: string,
  removedBy: bigint,
  who: string,
): Promise<number> {
  const rows = await tx.query({
    text: `update list_removal set state = 'acknowledged', closed_at = clock_now(), closed_by = $3
           where source = $1 and removed_by = $2 and state = 'held' returning removal_id`,
    values: [source, removedBy, who],
  })
  return rows.length
}
