import type { CanonicalAddress } from '@callback-quorum/chains'

/** Families whose addresses have one spelling that a vendor can be asked with. */
export const VENDOR_FAMILIES = [
  'evm',
  'tron',
  'bitcoin',
  'litecoin',
  'dogecoin',
  'dash',
  'zcash',
  'solana',
  'xrp',
  'stellar',
] as const

export type VendorFamily = (typeof VENDOR_FAMILIES)[number]

const BASE58 = '[1-9A-HJ-NP-Za-km-z]'
const BECH32 = '[02-9ac-hj-np-z]'

/** Spellings that explorers and vendors use. The checksum was verified by chains; here only the encoding is told apart. */
const SPELLINGS: Readonly<Record<Exclude<VendorFamily, 'evm'>, RegExp>> = {
  tron: new RegExp(`^T${BASE58}{33}$`),
  bitcoin: new RegExp(`^(?:[13]${BASE58}{25,34}|bc1${BECH32}{8,87})$`),
  // The old 3... is left out: the same script is listed as M..., and a vendor may know only one of the two.
  litecoin: new RegExp(`^(?:[LM]${BASE58}{25,34}|ltc1${BECH32}{8,87})$`),
  dogecoin: new RegExp(`^[D9A]${BASE58}{25,34}$`),
  dash: new RegExp(`^[X7]${BASE58}{25,34}$`),
  zcash: new RegExp(`^t[13]${BASE58}{25,34}$`),
  solana: new RegExp(`^${BASE58}{32,44}$`),
  xrp: new RegExp(`^r${BASE58}{24,34}$`),
  stellar: /^G[A-Z2-7]{55}$/,
}

const KEY20 = /^key20:([0-9a-f]{40})$/

/**
 * The spelling a vendor is asked with; undefined when the request uses another one. A vendor that looks up a text it does not know
 * says "nothing found", so an unusual encoding must never reach it: it is unknown instead.
 */
export function vendorText({ family, key, raw }: CanonicalAddress): string | undefined {
  if (family === 'evm') {
    const hex = KEY20.exec(key)?.[1]
    return hex === undefined ? undefined : `0x${hex}`
  }
  if (!isVendorFamily(family)) return undefined
  // Bech32 may be written in capitals (BIP-173, for QR codes); looked up it is in small letters.
  const text = /^(?:BC1|LTC1)[0-9A-Z]+$/.test(raw) ? raw.toLowerCase() : raw
  return SPELLINGS[family].test(text) ? text : undefined
}

const isVendorFamily = (family: string): family is Exclude<VendorFamily, 'evm'> =>
  (VENDOR_FAMILIES as readonly string[]).includes(family) && family !== 'evm'
