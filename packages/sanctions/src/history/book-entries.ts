import { bookAddresses, type BookSource } from '../similar/book-addresses.ts'
import type { AddedKey } from './added-keys.ts'
import type { BookEntry } from './lookback-hits.ts'
import { keysOfScreened } from './searched-keys.ts'

/** Finds the entries of the address book, ours and allow-listed, that a row is listed for. */
export type FindBookEntries = (added: readonly AddedKey[]) => readonly BookEntry[]

/** Reads the book once, as it is read once at boot. */
export function createFindBookEntries(source: BookSource): FindBookEntries {
  const entries = bookAddresses(source).map(({ chain, address }) => ({
    chain,
    raw: address.raw,
    key: address.key,
    keys: new Set(keysOfScreened(address.raw, address)),
  }))
  return (added) =>
    entries.flatMap(({ keys, ...entry }) => {
      const matches = new Map<string, BookEntry>()
      for (const { key: matched, listedId, listed } of added)
        if (keys.has(matched) && !matches.has(listedId)) matches.set(listedId, { ...entry, matched, listedId, listed })
      return [...matches.values()]
    })
}
