import {
  canonicalizeAddress,
  ChainsFault,
  type AddressKey,
  type AssetRegistry,
  type CanonicalAddress,
} from '@callback-quorum/chains'
import type { z } from 'zod'

/** Where an address of addresses.yaml stands: the same key on another chain is another address, because contracts differ. */
export interface BookAddress {
  readonly chainId: string
  readonly address: CanonicalAddress
}

export const placeOf = (key: AddressKey, chainId: string): string => `${chainId}\n${key}`

/**
 * Reads the address of one entry by its chain and reports what is wrong with it at the entry's own position. A checksum that does
 * not hold is refused here, although requests are only warned of it: in the operator's file it is a typing error.
 */
export function readBookAddress(
  entry: { readonly address: string; readonly chain: string },
  assets: AssetRegistry,
  context: z.RefinementCtx,
): BookAddress | undefined {
  const chain = assets.chain(entry.chain)
  if (chain === undefined) {
    context.addIssue({ code: 'custom', path: ['chain'], message: 'is not a chain of the asset registry' })
    return undefined
  }
  try {
    const address = canonicalizeAddress(chain.family, chain.network, entry.address)
    if (!address.warnings.includes('ADDRESS_CHECKSUM')) return { chainId: chain.id, address }
    context.addIssue({ code: 'custom', path: ['address'], message: 'does not hold the checksum of its mixed case' })
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    context.addIssue({ code: 'custom', path: ['address'], message: `is not an address of ${chain.id}` })
  }
  return undefined
}

/** Refuses a second entry for one place: which of the two would count depended on their order. */
export function refuseSecondEntries(entries: readonly { readonly place: string }[], context: z.RefinementCtx): void {
  const first = new Map<string, number>()
  for (const [index, { place }] of entries.entries()) {
    const earlier = first.get(place)
    if (earlier === undefined) first.set(place, index)
    else
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `says again what entry ${earlier + 1} of the list says`,
      })
  }
}
