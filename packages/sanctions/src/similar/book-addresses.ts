import { canonicalizeAddress, type AssetRegistry, type CanonicalAddress } from '@callback-quorum/chains'
import type { AddressBook } from '@callback-quorum/checker-kit'

export interface BookSource {
  readonly addresses: Pick<AddressBook, 'listedOn' | 'allowListings'>
  readonly assets: Pick<AssetRegistry, 'chain' | 'assets'>
}

export interface BookAddress {
  readonly chain: string
  readonly address: CanonicalAddress
}

/** Every address of the operator's book, ours and allow-listed, of every chain that has an asset or an allow-listed address. */
export function bookAddresses({ addresses, assets }: BookSource): readonly BookAddress[] {
  const chainIds = new Set([
    ...assets.assets.map(({ chain }) => chain.id),
    // A place begins with its chain, on a line of its own.
    ...addresses.allowListings.map(({ place }) => place.slice(0, place.indexOf('\n'))),
  ])
  return [...chainIds].flatMap((chainId) => {
    const chain = assets.chain(chainId)
    if (chain === undefined) throw new Error(`invariant: the chain ${chainId} of an entry is in the registry`)
    return addresses
      .listedOn(chainId)
      .map(({ text }) => ({ chain: chainId, address: canonicalizeAddress(chain.family, chain.network, text) }))
  })
}
