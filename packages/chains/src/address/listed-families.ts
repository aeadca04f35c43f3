import { bytesToHex } from '@noble/hashes/utils.js'
import { base58, base58xrp } from '@scure/base'
import { ADDRESS_LENGTH_MAX } from './address-text.ts'
import { encodingsOf } from './bitcoin-family.ts'
import { CHAIN_FAMILIES, type ChainFamily } from './canonical-address.ts'

/** 20 or 32 bytes in words of 5 bits and a checksum of 6: the only lengths of a Cosmos account. */
const COSMOS = /^[a-z]+1(?:[02-9ac-hj-np-z]{38}|[02-9ac-hj-np-z]{58})$/
/** The version byte and 20 or 32 bytes in words of 5 bits, then a checksum of 8. */
const CASHADDR = /^(?:[02-9ac-hj-np-z]{42}|[02-9ac-hj-np-z]{61})$/
const STELLAR = /^(?:[A-Z2-7]{56}|[A-Z2-7]{69})$/

/** Version byte or bytes of base58check in hexadecimal, whichever network they belong to, to the families that have them. */
const FAMILIES_OF_VERSION = groupFamilies(({ p2pkh, p2sh }) => [...p2pkh, ...p2sh])
const FAMILIES_OF_HRP = groupFamilies(({ hrp }) => (hrp === undefined ? [] : [hrp]))

/**
 * The families that could read a text, by its length, alphabet and version byte, on some network: every family that reads it is among
 * them. Reading as one that cannot costs ten times this look, because refusals are thrown. `text` has no spaces around it.
 */
export function listedFamilies(text: string): readonly ChainFamily[] {
  if (text.length > ADDRESS_LENGTH_MAX || !/^[\x21-\x7e]+$/.test(text)) return []
  // A payment URI, or raw TON: which part is the address depends on the family.
  if (text.includes(':')) return CHAIN_FAMILIES
  const families = new Set<ChainFamily>([...hexFamilies(text), ...base58Families(text), ...wordFamilies(text)])
  if (text.length === 48) families.add('ton')
  if (text.length === 95 || text.length === 106) families.add('monero')
  if (STELLAR.test(text)) families.add('stellar')
  return families.size < 2 ? [...families] : CHAIN_FAMILIES.filter((family) => families.has(family))
}

function hexFamilies(text: string): readonly ChainFamily[] {
  if (text.length !== 42) return []
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return ['evm']
  return /^41[0-9a-fA-F]{40}$/.test(text) ? ['tron'] : []
}

function base58Families(text: string): readonly ChainFamily[] {
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(text)) return []
  const families: ChainFamily[] = []
  const bytes = base58.decode(text)
  // Version, 20 bytes, checksum.
  if (bytes.length === 25 || bytes.length === 26)
    families.push(...(FAMILIES_OF_VERSION.get(bytesToHex(bytes.slice(0, -24))) ?? []))
  if (bytes.length === 25 && bytes[0] === 0x41) families.push('tron')
  if (bytes.length === 32) families.push('solana')
  if (bytes.length === 35 || bytes.length === 36) families.push('substrate')
  // Ripple's alphabet has the same characters in another order.
  const ripple = base58xrp.decode(text)
  if ((ripple.length === 25 && ripple[0] === 0) || ripple.length === 35) families.push('xrp')
  return families
}

/** bech32 and cashaddr, which are of one case. */
function wordFamilies(text: string): readonly ChainFamily[] {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return []
  const families = [...(FAMILIES_OF_HRP.get(lower.split('1', 1)[0] ?? '') ?? [])]
  if (COSMOS.test(lower)) families.push('cosmos')
  if (CASHADDR.test(lower)) families.push('bitcoin-cash')
  return families
}

function groupFamilies(
  marksOf: (encoding: ReturnType<typeof encodingsOf>[number]) => readonly string[],
): ReadonlyMap<string, readonly ChainFamily[]> {
  const families = new Map<string, ChainFamily[]>()
  for (const family of CHAIN_FAMILIES)
    for (const mark of encodingsOf(family).flatMap(marksOf)) families.set(mark, [...(families.get(mark) ?? []), family])
  return families
}
