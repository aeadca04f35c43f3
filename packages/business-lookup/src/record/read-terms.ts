import {
  canonicalizeAddress,
  ChainsFault,
  parseAmount,
  type Asset,
  type AssetRegistry,
  type CanonicalAddress,
  type Chain,
} from '@callback-quorum/chains'
import type { Field } from './field.ts'
import type { IntentOutput } from './intent.ts'

// In this file undefined says that a field is not what it has to be; it equals nothing then.

/** The asset that a code of the business system stands for, by `asset_codes`. */
export function readAsset(
  code: Field,
  asset_codes: Readonly<Record<string, string>>,
  assets: AssetRegistry,
): Asset | undefined {
  if (code.is !== 'text' || !Object.hasOwn(asset_codes, code.text)) return undefined
  const id = asset_codes[code.text]
  return id === undefined ? undefined : assets.asset(id)
}

/** Atomic units. */
export const readAmount = (amount: Field, asset: Pick<Asset, 'decimals'>): bigint | undefined =>
  amount.is === 'text' ? readAmountText(amount.text, asset) : undefined

export const readAmountText = (text: string, { decimals }: Pick<Asset, 'decimals'>): bigint | undefined =>
  orUndefined(() => parseAmount(text, decimals))

export const readAddressText = (text: string, { family, network }: Chain): CanonicalAddress | undefined =>
  orUndefined(() => canonicalizeAddress(family, network, text))

export const readAddressField = (field: Field, chain: Chain): CanonicalAddress | undefined =>
  field.is === 'text' ? readAddressText(field.text, chain) : undefined

/**
 * Equal for two spellings that pay one script. P2PKH and P2WPKH of a public key have one key in the registry of addresses and are two scripts: who
 * expects the one may not look at the other, and of an uncompressed public key nobody can spend the second (BIP-143).
 */
export const destinationKey = ({ key, raw }: Pick<CanonicalAddress, 'key' | 'raw'>): string =>
  SEGWIT.test(raw) ? `segwit:${key}` : key

const SEGWIT = /^(?:[a-z]+:)?(?:bc|tb|ltc|tltc|btg)1/i

export interface Recipient {
  readonly key: string
  /** What the tag field says, or the destination itself; undefined for none. */
  readonly tag: string | undefined
}

/** Where a payment goes, or which of the two fields cannot be read: a tag that contradicts the one inside its destination is none. */
export function readRecipient(
  { destination, tag }: Pick<IntentOutput, 'destination' | 'tag'>,
  { chain }: Pick<Asset, 'chain'>,
): Recipient | 'destination' | 'tag' {
  const address = readAddressField(destination, chain)
  if (address === undefined) return 'destination'
  if (tag.is === 'invalid') return 'tag'
  const key = destinationKey(address)
  if (tag.is === 'absent') return { key, tag: address.tag }
  return address.tag === undefined || address.tag === tag.text ? { key, tag: tag.text } : 'tag'
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
