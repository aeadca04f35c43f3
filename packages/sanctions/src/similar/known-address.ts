import type { AddressKey, CanonicalAddress } from '@callback-quorum/chains'
import { visibleText, type VisibleText } from './visible-text.ts'

/** An address that we pay or own, and that another one may be made to resemble. */
export interface KnownAddress {
  readonly visible: VisibleText
  /** As it was written. */
  readonly text: string
  readonly chain: string
  readonly key: AddressKey
  /** Every key of the same private key or script: one of them is no look-alike of another. */
  readonly keys: ReadonlySet<string>
}

/** Undefined for an address of an opaque chain, which is compared with nothing. */
export function knownAddress(address: CanonicalAddress, chain: string): KnownAddress | undefined {
  const visible = visibleText(address)
  if (visible === undefined) return undefined
  return { visible, text: address.raw, chain, key: address.key, keys: new Set([address.key, ...address.sameKey]) }
}

/** Two encodings of one key, or one key on two chains. */
export const isSameKey = (a: Pick<KnownAddress, 'keys'>, b: Pick<KnownAddress, 'keys'>): boolean =>
  !a.keys.isDisjointFrom(b.keys)
