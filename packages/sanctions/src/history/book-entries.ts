import { canonicalizeAddress, type AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook } from '@callback-quorum/checker-kit'
import type { AddedKey } from './added-keys.ts'
import type { BookEntry } from './lookback-hits.ts'
import { keysOfScreened } from './searched-keys.ts'

export interface BookOptions {
  readonly addresses: Pick<AddressBook, 'listedOn' | 'allowListings'>
  readonly assets: Pick<AssetRegistry, 'chain' | 'assets'>
}

/** Finds the entries of the address book, ours and allow-listed, that a row is listed for. */
export type FindBookEntries = (added: readonly AddedKey[]) => readonly BookEntry[]

/** Reads the book once, as it is read once at boot. */
export function createFindBookEntries({ addresses, assets }: BookOptions): FindBookEntries {
  const entries = chainsOf({ addresses, assets }).flatMap((chainId) => {
    const chain = assets.chain(chainId)
    if (chain === undefined) throw new Error(`invariant: the chain ${chainId} of an entry is in the registry`)
    return addresses.listedOn(chainId).map(({ text, key }) => {
      const keys = new Set(keysOfScreened(text, canonicalizeAddress(chain.family, chain.network, text)))
      return { chain: chainId, raw: text, key, keys }
    })
  })
  return (added) =>
    entries.flatMap(({ keys, ...entry }) => {
      const matches = new Map<string, BookEntry>()
      for (const { key: matched, listedId, listed } of added)
        if (keys.has(matched) && !matches.has(listedId))
          matches.set(listedId, { ...entry, matched, listedId, listed })
      return [...matches.values()]
    })
}

/** Every chain that an entry can be of and that the registry tells of. */
const chainsOf = ({ addresses, assets }: BookOptions): readonly string[] => [
  ...new Set([
    ...assets.assets.map(({ chain }) => chain.id),
    ...addresses.allowListings.map(({ place }) => place.slice(0, place.indexOf('\n'))),
  ]),
]
