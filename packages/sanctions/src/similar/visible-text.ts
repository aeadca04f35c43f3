import { tronAccount, type CanonicalAddress } from '@callback-quorum/chains'

/** An address as people compare it by eye: lower case, without the characters that every address of its form begins with. */
export interface VisibleText {
  /** Only texts of one form are compared: two alphabets are not mistaken for each other. */
  readonly form: string
  /** At least 25 characters. */
  readonly text: string
}

/**
 * What a person sees of an address, lower case: who compares the ends of two texts does not see the case of a letter, and whoever forges
 * one need not match it. Leading characters that say nothing are left out: 0x, the version character of base58, the prefix, separator and
 * witness version of bech32. EVM and TRON are written anew from the key, so that hexadecimal TRON is compared as base58.
 * Undefined for a chain whose addresses are opaque: names of accounts resemble one another honestly.
 */
export function visibleText(address: CanonicalAddress): VisibleText | undefined {
  const { family, key, raw } = address
  const body = raw.replace(/^[a-z]+:/i, '').replace(/\?.*$/s, '')
  const base58 = (fixed: number): VisibleText => visible(`${family} base58`, body.slice(fixed))
  switch (family) {
    case 'evm':
      return visible('evm', key.slice(KEY20.length))
    case 'tron':
      return visible('tron', tronAccount(Buffer.from(key.slice(KEY20.length), 'hex')).text.slice(1))
    case 'bitcoin':
    case 'litecoin':
    case 'bitcoin-gold':
      return WITNESS.test(body) ? visible(`${family} bech32`, body.replace(WITNESS, '')) : base58(1)
    case 'bitcoin-cash':
      return LEGACY.test(body) ? base58(1) : visible('bitcoin-cash cashaddr', body.slice(1))
    case 'cosmos':
      return visible('cosmos', body.slice(body.lastIndexOf('1') + 1))
    case 'zcash':
      return base58(2)
    case 'solana':
      return base58(0)
    case 'dogecoin':
    case 'dash':
    case 'bitcoin-sv':
    case 'verge':
    case 'substrate':
    case 'monero':
      return base58(1)
    case 'xrp':
    case 'stellar':
      return visible(`${family} ${body.charAt(0)}`, body.slice(1))
    case 'ton':
      return body.includes(':') ? visible('ton raw', body.slice(body.indexOf(':') + 1)) : visible('ton', body.slice(2))
    case 'opaque':
      return undefined
    default:
      throw new Error(`invariant: unknown family ${String(family satisfies never)}`)
  }
}

const KEY20 = 'key20:'

/** Human-readable part, separator and witness version of the families that have segregated witness. */
const WITNESS = /^(?:bc|tb|t?ltc|btg)1./i

/** The base58 forms of Bitcoin Cash; cashaddr begins with q, p, r or z. */
const LEGACY = /^[123mn]/

const visible = (form: string, text: string): VisibleText => ({ form, text: text.toLowerCase() })
