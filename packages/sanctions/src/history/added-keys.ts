import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Evidence } from '@callback-quorum/checker-kit'
import type { ListedRow } from '../list/listed-row.ts'
import { keysOfListed } from './searched-keys.ts'

/** A row that a version added, under one of the keys by which a screened address may be found. */
export interface AddedKey {
  readonly key: string
  /** Names the row, whatever else is said about it: one hit for each. */
  readonly listedId: string
  readonly listed: Evidence
}

/** Reading a value costs up to 0.4 ms (several families are tried): a callback waits about 10 ms for its turn. */
const ROWS_PER_TURN = 25

/** So many rows at once are looked for: with some five keys each, a statement stays well under a megabyte. */
const ROWS_PER_BATCH = 500

/** The keys of the rows, in batches; rows whose listing ended before `day` (YYYY-MM-DD) are left out, because they match nothing any more. */
export async function* addedKeys(rows: readonly ListedRow[], day: string): AsyncGenerator<readonly AddedKey[]> {
  let batch: AddedKey[] = []
  for (const [position, row] of rows.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    if (row.until === undefined || row.until >= day) batch.push(...keysOf(row))
    if (position % ROWS_PER_BATCH !== ROWS_PER_BATCH - 1) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function keysOf(row: ListedRow): readonly AddedKey[] {
  const { partyId, featureId, code, value, partyName, programs, listIds } = row
  const listedId = createHash('sha256')
    .update(JSON.stringify([partyId, featureId, code, value]))
    .digest('hex')
  const listed = { partyId, partyName, programs, listIds, featureId, code, value }
  return keysOfListed(row).map((key) => ({ key, listedId, listed }))
}
