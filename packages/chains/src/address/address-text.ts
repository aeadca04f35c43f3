import { invalidAddress } from '../faults.ts'
import type { ChainFamily } from './canonical-address.ts'

/** OFAC FAQ 563 allows 256 characters; the longest address read here has 106. It also bounds the quadratic base58. */
export const ADDRESS_LENGTH_MAX = 256

export interface AddressText {
  readonly body: string
  /** As it was written: its case matters to cashaddr. */
  readonly scheme?: string
  readonly query?: string
}

/** Payment URI schemes whose path is nothing but the recipient (BIP-21, EIP-681, Solana Pay and their like). */
const SCHEMES: Partial<Record<ChainFamily, readonly string[]>> = {
  evm: ['ethereum'],
  tron: ['tron'],
  bitcoin: ['bitcoin'],
  litecoin: ['litecoin'],
  'bitcoin-cash': ['bitcoincash', 'bchtest'],
  dogecoin: ['dogecoin'],
  dash: ['dash'],
  zcash: ['zcash'],
  'bitcoin-gold': ['bitcoingold'],
  solana: ['solana'],
  xrp: ['xrp', 'xrpl', 'ripple'],
  monero: ['monero'],
}

export function trimSpaces(text: string): string {
  return text.replace(/^ +| +$/g, '')
}

/** Takes off the ASCII spaces around an address and the payment URI around it; refuses what no address contains. */
export function readAddressText(family: ChainFamily, input: string): AddressText {
  if (input.length > ADDRESS_LENGTH_MAX) throw invalidAddress(`longer than ${ADDRESS_LENGTH_MAX.toString()} characters`)
  const text = trimSpaces(input)
  if (text === '') throw invalidAddress('empty')
  if (!/^[\x21-\x7e]+$/.test(text)) throw invalidAddress('a space, control or non-ASCII character inside')
  const colon = text.indexOf(':')
  if (colon === -1) return { body: text }
  const scheme = text.slice(0, colon)
  if (!SCHEMES[family]?.includes(scheme.toLowerCase())) return { body: text }
  const rest = text.slice(colon + 1)
  const mark = rest.indexOf('?')
  if (mark === -1) return { body: rest, scheme }
  return { body: rest.slice(0, mark), scheme, query: rest.slice(mark + 1) }
}
