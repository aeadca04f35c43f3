import { addressKeysOf, ChainsFault, childPublicKey, type AddressKey, type Chain } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { KeyUse } from '../question.ts'

/**
 * Which accounts are ours: those that addresses.yaml lists, and those whose key was derived here from a root key that addresses.yaml
 * lists, along the path that the request names. A request alone makes nothing ours.
 */
export function ownAccounts(chain: Chain, keyUse: KeyUse, addresses: AddressBook): (key: AddressKey) => boolean {
  const derived = new Set<AddressKey>()
  for (const { address, path, rootPubKey = keyUse.rootPubKey } of keyUse.sourceAddresses) {
    if (path === undefined || rootPubKey === undefined || !addresses.isOwnRootKey(rootPubKey)) continue
    const key = readAddress(chain, address)?.key
    if (key !== undefined && keysAt(rootPubKey, path, chain).includes(key)) derived.add(key)
  }
  return (key) => derived.has(key) || addresses.ownerOf(key, chain.id) !== undefined
}

/** Every address of the key at a path; none when the path or the root key cannot be read. */
export function keysAt(rootPubKey: string, path: string, chain: Chain): readonly AddressKey[] {
  try {
    return addressKeysOf(childPublicKey(rootPubKey, path), chain.family, chain.network)
  } catch (error) {
    if (error instanceof ChainsFault) return []
    throw error
  }
}
