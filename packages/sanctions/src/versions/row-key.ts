import { createHash } from 'node:crypto'
import type { ListedRow } from '../list/listed-row.ts'

/** What a row is to this checker, whatever feature id or name stands beside it: SHA-256, lower-case hex. */
export const rowKey = ({ partyId, code, value }: Pick<ListedRow, 'partyId' | 'code' | 'value'>): string =>
  createHash('sha256')
    .update(JSON.stringify([partyId, code, value]))
    .digest('hex')
