import { readListedAddress } from '@callback-quorum/chains'
import { expect, test } from 'vitest'
import { buildAddressIndex } from '../../src/list/address-index.ts'
import { rowOf } from './listed-rows.ts'

const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'

async function matchesAt(until: string | undefined, at: string | undefined): Promise<number> {
  const rows = [rowOf(BTC, until === undefined ? {} : { until })]
  const index = await buildAddressIndex('test-list', { sha256: 'f', codes: [], rows }, 0)
  return index.find(BTC, readListedAddress(BTC), at === undefined ? undefined : new Date(at)).length
}

// prettier-ignore
test.each([
  ['2026-01-05', '2026-01-04T12:00:00Z',      1],
  ['2026-01-05', '2026-01-05T00:00:00Z',      1],
  ['2026-01-05', '2026-01-05T23:59:59.999Z',  1],
  ['2026-01-05', '2026-01-06T00:00:00Z',      0],
  ['2026-01-05', '2026-01-06T01:30:00+02:00', 1],
  ['2026-01-05', undefined,                   1],
  [undefined,    '9999-12-31T00:00:00Z',      1],
  ['soon',       '2026-01-06T00:00:00Z',      1],
  ['2026-02-30', '2026-01-06T00:00:00Z',      1],
  ['1969-12-31', '2026-01-06T00:00:00Z',      0],
  ['2026-01-05', 'never',                     1],
])('a listing until %s is asked at %s: %i match', async (until, at, matches) => {
  expect(await matchesAt(until, at)).toBe(matches)
})

test('one listing that ended leaves the other of the same address', async () => {
  const rows = [rowOf(BTC, { until: '2026-01-05' }), rowOf(BTC, { partyId: 'p2' })]
  const index = await buildAddressIndex('test-list', { sha256: 'f', codes: [], rows }, 0)
  const parties = (at: string) =>
    index.find(BTC, readListedAddress(BTC), new Date(at)).map(({ row: { partyId } }) => partyId)
  expect([parties('2026-01-05T12:00:00Z'), parties('2026-01-06T12:00:00Z')]).toEqual([['p1', 'p2'], ['p2']])
})
