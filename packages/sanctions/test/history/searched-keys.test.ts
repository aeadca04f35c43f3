import { CHAIN_FAMILIES, canonicalizeAddress, ChainsFault, type CanonicalAddress } from '@callback-quorum/chains'
import { expect, test } from 'vitest'
import { readListFile, UNPACKED_BYTES_MAX } from '../../src/formats/read-list-file.ts'
import { keysOfListed, keysOfScreened } from '../../src/history/searched-keys.ts'
import { buildAddressIndex } from '../../src/list/address-index.ts'
import { V11 } from '../lists.ts'

const readAs = (text: string): readonly CanonicalAddress[] =>
  CHAIN_FAMILIES.flatMap((family) => {
    try {
      return [canonicalizeAddress(family, 'mainnet', text)]
    } catch (error) {
      if (error instanceof ChainsFault) return []
      throw error
    }
  })

test('keys meet exactly where screening matches, for every row of OFAC and every family it can be paid in', async () => {
  const { rows, ...file } = await readListFile(V11, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX)
  // Every other row is listed, so that half of what is asked is not.
  const listed = rows.filter((_, position) => position % 2 === 0)
  const index = await buildAddressIndex('ofac-sdn', { ...file, rows: listed }, 0)
  const keys = new Set(listed.flatMap(keysOfListed))
  let matched = 0
  let unmatched = 0
  for (const { value } of rows)
    for (const address of readAs(value)) {
      const isMatch = index.find(value, [address]).length > 0
      expect([value, address.family, keysOfScreened(value, address).some((key) => keys.has(key))]).toEqual([
        value,
        address.family,
        isMatch,
      ])
      if (isMatch) matched += 1
      else unmatched += 1
    }
  expect(matched).toBeGreaterThan(1_000)
  expect(unmatched).toBeGreaterThan(1_000)
})
