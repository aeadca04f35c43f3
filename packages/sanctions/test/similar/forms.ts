import type { ChainFamily } from '@callback-quorum/chains'
import * as encode from '../../../chains/test/encode-address.ts'

/** How a family writes an address, and what of it says nothing. */
export interface Form {
  readonly name: string
  readonly family: ChainFamily
  readonly bytes: 20 | 32
  write(payload: Uint8Array): string
  /** Characters that every address of the form begins with. */
  readonly leading: number
  readonly alphabet: string
}

const HEX = '0123456789abcdef'
export const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE64URL = `${BASE58}0OIl-_`

const base58 = (family: ChainFamily, version: string, leading = 1): Form => ({
  name: `${family} ${version}`,
  family,
  bytes: 20,
  write: (payload) => encode.versioned(version, payload),
  leading,
  alphabet: BASE58,
})

const witness = (family: ChainFamily, hrp: string, version: number, bytes: 20 | 32): Form => ({
  name: `${family} witness ${String(version)} of ${String(bytes)} bytes`,
  family,
  bytes,
  write: (payload) => encode.witness(hrp, version, payload),
  leading: hrp.length + 2,
  alphabet: BECH32,
})

/** Every form of every family that is read by its bytes. Monero is written by nobody here. */
export const FORMS: readonly Form[] = [
  {
    name: 'evm',
    family: 'evm',
    bytes: 20,
    write: (payload) => `0x${encode.bytesToHex(payload)}`,
    leading: 2,
    alphabet: HEX,
  },
  base58('tron', '41'),
  base58('bitcoin', '00'),
  base58('bitcoin', '05'),
  witness('bitcoin', 'bc', 0, 20),
  witness('bitcoin', 'bc', 0, 32),
  witness('bitcoin', 'bc', 1, 32),
  base58('litecoin', '30'),
  base58('litecoin', '32'),
  witness('litecoin', 'ltc', 0, 20),
  {
    name: 'bitcoin-cash cashaddr',
    family: 'bitcoin-cash',
    bytes: 20,
    write: (payload) => encode.cashaddr('bitcoincash', 0, payload),
    leading: 'bitcoincash:q'.length,
    alphabet: BECH32,
  },
  base58('bitcoin-cash', '00'),
  base58('bitcoin-sv', '00'),
  base58('bitcoin-gold', '26'),
  base58('dogecoin', '1e'),
  base58('dash', '4c'),
  base58('verge', '1e'),
  base58('zcash', '1cb8', 2),
  {
    name: 'cosmos',
    family: 'cosmos',
    bytes: 20,
    write: (payload) => encode.cosmos('cosmos', payload),
    leading: 'cosmos1'.length,
    alphabet: BECH32,
  },
  {
    name: 'xrp',
    family: 'xrp',
    bytes: 20,
    write: encode.classicXrp,
    leading: 1,
    alphabet: BASE58,
  },
  {
    name: 'stellar',
    family: 'stellar',
    bytes: 32,
    write: (payload) => encode.strkey(6 << 3, payload),
    leading: 1,
    alphabet: BASE32,
  },
  {
    name: 'ton',
    family: 'ton',
    bytes: 32,
    write: (payload) => encode.ton(0x51, 0, payload, 'base64url'),
    leading: 2,
    alphabet: BASE64URL,
  },
  {
    name: 'ton raw',
    family: 'ton',
    bytes: 32,
    write: (payload) => `0:${encode.bytesToHex(payload)}`,
    leading: 2,
    alphabet: HEX,
  },
  {
    name: 'substrate',
    family: 'substrate',
    bytes: 32,
    write: (payload) => encode.substrate(Uint8Array.of(0), payload),
    leading: 1,
    alphabet: BASE58,
  },
]
