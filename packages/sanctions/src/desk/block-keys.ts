import { canonicalizeAddress, ChainsFault, readListedAddress, type CanonicalAddress } from '@callback-quorum/chains'
import { AdminFault } from '@callback-quorum/service'
import { cleanListedValue } from '../list/clean-listed-value.ts'
import type { ListedRow } from '../list/listed-row.ts'
import { EVERY_CHAIN } from './desk-entries.ts'
import type { DeskOptions } from './desk-options.ts'

/** A party with more has to be blocked address by address: nobody would look through the proposal. OFAC's largest had some hundred. */
const KEYS_MAX = 5_000

/** Every reading of an address that people wrote. Throws AdminFault 400 where one letter may be wrong. */
export function readWritten(
  address: string,
  scope: string,
  assets: DeskOptions['assets'],
): readonly CanonicalAddress[] {
  const readings = scope === EVERY_CHAIN ? readAnywhere(address) : [readOn(address, scope, assets)]
  if (readings.some(({ warnings }) => warnings.includes('ADDRESS_CHECKSUM')))
    throw new AdminFault(400, 'address: its checksum (EIP-55) is wrong')
  return readings
}

function readAnywhere(address: string): readonly CanonicalAddress[] {
  const readings = readListedAddress(address).filter(({ family }) => family !== 'opaque')
  if (readings.length === 0) throw new AdminFault(400, 'address: no chain reads it')
  return readings
}

function readOn(address: string, scope: string, assets: DeskOptions['assets']): CanonicalAddress {
  const chain = assets.chain(scope)
  if (chain === undefined) throw new AdminFault(400, 'scope: no chain of the registry; expected one, or *')
  try {
    return canonicalizeAddress(chain.family, chain.network, address)
  } catch (error) {
    if (error instanceof ChainsFault) throw new AdminFault(400, `address: is none of ${scope}`)
    throw error
  }
}

/** The keys of some readings, and of the same private keys elsewhere. */
export const keysOf = (readings: readonly CanonicalAddress[]): readonly string[] => [
  ...new Set(readings.flatMap(({ key, sameKey }) => [key, ...sameKey])),
]

/** Of a party's rows, as the lists index them: also what no chain reads, as its very text. Throws AdminFault 409 for too many. */
export function keysOfRows(rows: readonly ListedRow[]): readonly string[] {
  const texts = rows.flatMap(({ value }) => [value, cleanListedValue(value)]).filter((text) => text.trim() !== '')
  const keys = keysOf([...new Set(texts)].flatMap((text) => readListedAddress(text)))
  if (keys.length > KEYS_MAX)
    throw new AdminFault(
      409,
      `the party has ${String(keys.length)} keys; at most ${String(KEYS_MAX)} are blocked at once`,
    )
  return keys
}
