import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { addressKey, networkKey, publicKeyHashKeys, type AddressKey } from '../address/address-key.ts'
import type { ChainFamily } from '../address/canonical-address.ts'
import type { Network } from '../address/network.ts'
import { ChainsFault } from '../faults.ts'

/**
 * Every address that a secp256k1 key (33 bytes, compressed) has on a chain, as `canonicalizeAddress` names them. Empty for families whose
 * keys are on another curve or whose addresses are not derived here: then nothing can be shown, and nothing must be believed.
 */
export function addressKeysOf(publicKey: Uint8Array, family: ChainFamily, network: Network): readonly AddressKey[] {
  const point = readPoint(publicKey)
  switch (family) {
    case 'evm':
    case 'tron':
      return [addressKey('key20', keccak_256(point.toBytes(false).subarray(1)).subarray(12))]
    case 'bitcoin': {
      const x = publicKey.subarray(1)
      return [
        ...hashKeys(publicKey, network, true),
        networkKey(network, 'tr', x),
        networkKey(network, 'tr', tweaked(x)),
      ]
    }
    case 'litecoin':
      return hashKeys(publicKey, network, true)
    case 'dogecoin':
    case 'bitcoin-cash':
      return [...hashKeys(publicKey, network, false), ...hashKeys(point.toBytes(false), network, false)]
    case 'dash':
    case 'zcash':
    case 'bitcoin-gold':
    case 'bitcoin-sv':
    case 'verge':
    case 'cosmos':
    case 'solana':
    case 'xrp':
    case 'stellar':
    case 'ton':
    case 'substrate':
    case 'monero':
    case 'opaque':
      return []
    default:
      return family satisfies never
  }
}

function readPoint(publicKey: Uint8Array): InstanceType<typeof secp256k1.Point> {
  try {
    if (publicKey.length === 33) return secp256k1.Point.fromBytes(publicKey)
  } catch {
    // Told below.
  }
  throw new ChainsFault('KEY_INVALID', 'not a compressed public key of secp256k1')
}

/** P2PKH and P2WPKH pay the same hash; P2SH-P2WPKH pays the script around it (BIP-141). */
function hashKeys(publicKey: Uint8Array, network: Network, hasWitness: boolean): readonly AddressKey[] {
  const [plain, nested] = publicKeyHashKeys(network, ripemd160(sha256(publicKey)))
  return hasWitness ? [plain, nested] : [plain]
}

/**
 * BIP-341: the output key of a key path without scripts, P + H(P)G. Custody platforms also pay to the untweaked key (protocol/cobo.md 3.7,
 * checked on the platform's own example), so both are addresses of this key.
 */
function tweaked(x: Uint8Array): Uint8Array {
  const { lift_x: liftX, taggedHash, pointToBytes } = schnorr.utils
  const point = liftX(BigInt(`0x${bytesToHex(x)}`))
  const tweak = BigInt(`0x${bytesToHex(taggedHash('TapTweak', x))}`) % secp256k1.Point.Fn.ORDER
  return pointToBytes(point.add(secp256k1.Point.BASE.multiply(tweak)))
}
