import type { ListedRow } from '../../src/list/listed-row.ts'

export const rowOf = (value: string, more: Partial<ListedRow> = {}): ListedRow => ({
  featureId: '1',
  code: 'XBT',
  value,
  partyId: 'p1',
  partyName: 'Somebody',
  programs: ['CYBER2'],
  listIds: ['1550'],
  unparsed: false,
  ...more,
})

/** So many different EVM addresses, as a list without checksums would have them. */
export const evmAddresses = (count: number, seed = 0): readonly string[] =>
  Array.from(
    { length: count },
    (_, position) => `0x${'c'.repeat(20)}${(seed * 2 ** 32 + position).toString(16).padStart(20, '0')}`,
  )

/** As rows are stored: one JSON object a line. */
export const linesOf = (rows: readonly ListedRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
