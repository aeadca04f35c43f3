import { canonicalizeAddress, type AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook } from '@callback-quorum/checker-kit'
import { isSameKey, knownAddress, type KnownAddress } from './known-address.ts'
import { bucketOf } from './resembles.ts'

/** The operator's address book, ours and allow-listed, for finding what resembles an entry of it. */
export interface KnownBook {
  /** The address itself, or another address of the same key, on whatever chain. */
  has(address: KnownAddress): boolean
  /** Entries that agree with the address at both ends; of these some may be the address itself. */
  near(address: KnownAddress): readonly KnownAddress[]
  readonly size: number
}

export interface KnownBookOptions {
  readonly addresses: Pick<AddressBook, 'listedOn' | 'allowListings'>
  readonly assets: Pick<AssetRegistry, 'chain' | 'assets'>
}

/** Reads the book once, as it is read once at boot. */
export function createKnownBook({ addresses, assets }: KnownBookOptions): KnownBook {
  const chainIds = new Set([
    ...assets.assets.map(({ chain }) => chain.id),
    ...addresses.allowListings.map(({ place }) => place.slice(0, place.indexOf('\n'))),
  ])
  return indexKnown(
    [...chainIds].flatMap((chainId) => {
      const chain = assets.chain(chainId)
      if (chain === undefined) throw new Error(`invariant: the chain ${chainId} of an entry is in the registry`)
      return addresses.listedOn(chainId).flatMap(({ text }) => {
        const known = knownAddress(canonicalizeAddress(chain.family, chain.network, text), chainId)
        return known === undefined ? [] : [known]
      })
    }),
  )
}

/** One look-up by the ends, however many entries there are. */
export function indexKnown(entries: readonly KnownAddress[]): KnownBook {
  const buckets = new Map<string, KnownAddress[]>()
  const keys = new Set<string>()
  for (const entry of entries) {
    const bucket = bucketOf(entry.visible)
    const others = buckets.get(bucket)
    if (others === undefined) buckets.set(bucket, [entry])
    else if (!others.some((other) => other.key === entry.key)) others.push(entry)
    for (const key of entry.keys) keys.add(key)
  }
  return {
    has: (address) => isSameKey({ keys }, address),
    near: ({ visible }) => buckets.get(bucketOf(visible)) ?? [],
    size: entries.length,
  }
}
