import { createHash } from 'node:crypto'
import type { Field } from '../../record/field.ts'
import type { Intent } from '../../record/intent.ts'
import { OUTPUTS_MAX, readIntent, type ReadPlace } from '../../record/read-intent.ts'
import type { ReadMap } from '../../record/record-map.ts'
import type { LookUp } from '../connector.ts'
import type { SqlResult, SqlValue } from './sql-driver.ts'
import { SqlFault } from './sql-fault.ts'

/** One more than may be there: two payments of one reference, or a batch above the limit, need not be read further to be known. */
export const rowsMaxOf = ({ outputs }: ReadMap): number => (outputs === 'rows' ? OUTPUTS_MAX : 1) + 1

/** Read once of a batch, so that it must be the same in all of its rows: field of the intent, and its name in the mapping. */
const RECORD_FIELDS = [
  ['reference', 'reference'],
  ['status', 'status'],
  ['asset', 'asset'],
  ['expiresAt', 'expires_at'],
  ['initiator', 'initiator'],
  ['source', 'source'],
  ['calldata', 'calldata'],
  ['proof', 'proof'],
] as const
const DIFFERS: Field = { is: 'invalid', why: 'differs between the rows' }

/**
 * What the rows of a query say. Throws SqlFault when a mapped column is not there exactly once: absent means "no tag", so it must not come
 * of a misspelt query.
 */
export function readRows(result: SqlResult, map: ReadMap): LookUp {
  assertColumns(result, map)
  const { rows } = result
  if (rows.length === 0) return { found: 'none' }
  if (rows.length >= rowsMaxOf(map)) return { found: 'many' }
  return { found: 'one', intent: intentOf(result, map) }
}

function intentOf({ columns, rows }: SqlResult, map: ReadMap): Intent {
  const readers = rows.map(
    (row): ReadPlace =>
      (at) =>
        row[columns.indexOf(at)],
  )
  const [first] = readers
  if (first === undefined) throw new Error('invariant: an intent has a row')
  const recordDigest = createHash('sha256')
    .update(JSON.stringify([columns, ...rows]))
    .digest('hex')
  const intent = readIntent(map, first, readers, recordDigest)
  const different = RECORD_FIELDS.filter(([, name]) => {
    const at = map[name]?.at
    return at !== undefined && rows.some((row) => !isSame(row[columns.indexOf(at)], rows[0]?.[columns.indexOf(at)]))
  })
  return { ...intent, ...Object.fromEntries(different.map(([field]) => [field, DIFFERS])) }
}

/** Bytes are never the same: they are no value of a field anyway. */
const isSame = (one: SqlValue | undefined, other: SqlValue | undefined): boolean => one === other

/** Throws SqlFault unless every column that is read comes exactly once. */
export function assertColumns({ columns }: SqlResult, map: ReadMap): void {
  const places = Object.values(map).flatMap((place) => (typeof place === 'object' ? place.at : []))
  const wrong = places.filter((name) => columns.filter((found) => found === name).length !== 1)
  if (wrong.length > 0)
    throw new SqlFault('malformed', `its result does not have exactly one column ${[...new Set(wrong)].join(', ')}`)
}
