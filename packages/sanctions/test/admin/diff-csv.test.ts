import { expect, test } from 'vitest'
import { diffCsv } from '../../src/admin/diff-csv.ts'

test('a cell with commas, quotes or line ends is quoted, and none begins as a formula', () => {
  const line = {
    change: 'moved',
    code: '=1+1',
    value: 'a,b',
    party_id: '7',
    party_name: 'A "B"\nC',
    programs: ['X', 'Y'],
    list_ids: [],
    feature_id: '1',
    former_party_id: '6',
    first_seen: null,
  } as const
  expect(diffCsv([line]).split('\r\n')[1]).toBe(`moved,'=1+1,"a,b",7,"A ""B""\nC",X Y,,1,6,`)
})
