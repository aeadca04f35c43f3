import { fileURLToPath } from 'node:url'
import { buildAddressIndex, type AddressIndex } from '../src/list/address-index.ts'
import type { ListReader } from '../src/list/list-reader.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../src/formats/read-list-file.ts'
import { STARTER_LIST } from '../src/starter-list.ts'
import { NOW } from './asking.ts'

const beside = (name: string): string => fileURLToPath(new URL(`./data/${name}`, import.meta.url))

/** The versions of the specification's acceptance tests; data/README.md says where they come from. */
export const V0304 = beside('sdn_advanced_2025-03-04.trim.xml.gz')
export const V0321 = beside('sdn_advanced_2025-03-21.trim.xml.gz')
export const V11 = STARTER_LIST.file

export const indexOf = async (file: string): Promise<AddressIndex> =>
  buildAddressIndex(
    'ofac-sdn',
    await readListFile(file, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX),
    NOW.getTime(),
  )

/** A list that was checked a moment ago. */
export const freshList = (index: AddressIndex, checkedAtMs = NOW.getTime() - 1_000): ListReader => ({
  name: index.source,
  maxAgeMs: 24 * 3_600_000,
  active: () => ({ index, checkedAtMs, isStarter: false }),
})
