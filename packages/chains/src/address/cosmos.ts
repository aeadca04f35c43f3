import { bytesToHex } from '@noble/hashes/utils.js'
import { invalidAddress } from '../faults.ts'
import { addressKey, publicKeyHashKeys } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'
import type { Network } from './network.ts'
import { bytesOfWords, readBech32 } from './segwit.ts'

/** Prefixes that are no account of a Cosmos-like chain although they are bech32 (SLIP-173). */
const FOREIGN_HRPS = ['bc', 'tb', 'bcrt', 'ltc', 'tltc', 'rltc', 'btg', 'tex', 'textest', 'zs', 'addr', 'stake', 'erd']
/** Chains whose 20 bytes are the end of keccak-256 of the key, as in Ethereum, instead of HASH160. */
const KECCAK_HRPS = ['inj', 'evmos', 'dym', 'canto', 'zeta', 'one', 'io', 'ex']
/** Prefixes that name a network; on most Cosmos chains test networks use the mainnet prefix. */
const HRP_NETWORKS: Readonly<Record<string, Network>> = { bnb: 'mainnet', tbnb: 'testnet' }

/** bech32 of 20 bytes under any prefix, or of 32 bytes (a contract or module account of that one chain). */
export function readCosmosAddress({ body }: AddressText, network: Network): AddressReading {
  const { hrp, words, variant } = readBech32(body)
  if (variant !== 'bech32') throw invalidAddress('bech32m is not used here')
  if (!/^[a-z]+$/.test(hrp) || FOREIGN_HRPS.includes(hrp)) throw invalidAddress('bech32 prefix of another chain')
  const named = Object.hasOwn(HRP_NETWORKS, hrp) ? HRP_NETWORKS[hrp] : undefined
  if (named !== undefined && named !== network) throw invalidAddress('bech32 prefix of another network')
  const bytes = bytesOfWords(words)
  if (bytes.length === 20) return readAccount(hrp, bytes, named ?? 'mainnet')
  if (bytes.length !== 32) throw invalidAddress('not 20 or 32 bytes')
  // The first contract has the same 32 bytes on every chain: only together with the prefix they name an owner.
  const key = addressKey('cosmos', `${hrp}:${bytesToHex(bytes)}`)
  return { key, sameKey: [key] }
}

function readAccount(hrp: string, bytes: Uint8Array, network: Network): AddressReading {
  const key20 = addressKey('key20', bytes)
  if (KECCAK_HRPS.includes(hrp)) return { key: key20, sameKey: [key20] }
  const sameKey = publicKeyHashKeys(network, bytes)
  // Which hash a chain uses cannot be seen in the address, so a match by the other one is shown too.
  return { key: sameKey[0], sameKey: [...sameKey, key20] }
}
