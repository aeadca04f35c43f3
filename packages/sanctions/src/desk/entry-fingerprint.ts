import { createHash } from 'node:crypto'
import type { ListedRow } from '../list/listed-row.ts'

/**
 * What an override is bound to: SHA-256 (lower-case hex) over everything that a list says of one address for one party and that a person
 * weighed. Names, comments and dates are not in it; the order of programs and lists has no meaning.
 */
export function entryFingerprint(source: string, row: ListedRow): string {
  const { partyId, featureId, code, value, programs, listIds } = row
  const entry = [source, partyId, featureId, code, value, [...programs].sort(), [...listIds].sort()]
  return createHash('sha256').update(JSON.stringify(entry)).digest('hex')
}
