import { createHash } from 'node:crypto'
import { buildAddressIndex, type AddressIndex } from '../../src/list/address-index.ts'
import type { ListedRow } from '../../src/list/listed-row.ts'

/** A row of OFAC's list, with everything that a test does not name made up. */
export const rowOf = (value: string, more: Partial<ListedRow> = {}): ListedRow => ({
  featureId: '100',
  code: 'ETH',
  value,
  partyId: 'P1',
  partyName: 'Somebody',
  programs: ['CYBER2'],
  listIds: ['1550'],
  unparsed: false,
  ...more,
})

/** A version with just these rows; its SHA-256 is made of them. `held`: rows whose removal nobody acknowledged. */
export const indexOfRows = (rows: readonly ListedRow[], held: readonly ListedRow[] = []): Promise<AddressIndex> =>
  buildAddressIndex(
    'ofac-sdn',
    { codes: ['ETH'], rows, sha256: createHash('sha256').update(JSON.stringify(rows)).digest('hex') },
    0,
    held,
  )
