import { bookAddresses, type BookSource } from './book-addresses.ts'
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

/** Reads the book once, as it is read once at boot. */
export const createKnownBook = (source: BookSource): KnownBook =>
  indexKnown(bookAddresses(source).flatMap(({ chain, address }) => knownAddress(address, chain) ?? []))

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
