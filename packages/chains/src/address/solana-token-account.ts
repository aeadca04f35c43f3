import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { ChainsFault } from '../faults.ts'
import { addressKey, type AddressKey } from './address-key.ts'

const ASSOCIATED_TOKEN_PROGRAM = base58.decode('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL')

const TOKEN_PROGRAMS = {
  token: base58.decode('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'),
  'token-2022': base58.decode('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'),
} as const

const DERIVED_ADDRESS_MARK = utf8ToBytes('ProgramDerivedAddress')

/**
 * The account that holds an owner's tokens of one mint when nobody chose another: an SPL transfer names it instead of
 * the owner, so screening derives it for every listed owner. Both keys have to be `ed32:` keys (ADDRESS_INVALID).
 * Source: Solana Associated Token Account program, `find_program_address`.
 */
export function associatedTokenAccount(
  owner: AddressKey,
  mint: AddressKey,
  program: keyof typeof TOKEN_PROGRAMS = 'token',
): AddressKey {
  const seeds = concatBytes(bytesOfEd32(owner), TOKEN_PROGRAMS[program], bytesOfEd32(mint))
  // The first bump from 255 down whose hash is no point of the curve, so that no private key can belong to it.
  for (let bump = 255; bump >= 0; bump--) {
    const hash = sha256(concatBytes(seeds, Uint8Array.of(bump), ASSOCIATED_TOKEN_PROGRAM, DERIVED_ADDRESS_MARK))
    if (!isOnCurve(hash)) return addressKey('ed32', hash)
  }
  throw new ChainsFault('ADDRESS_INVALID', 'no associated token account exists')
}

function bytesOfEd32(key: AddressKey): Uint8Array {
  const [, digits] = /^ed32:([0-9a-f]{64})$/.exec(key) ?? []
  if (digits === undefined) throw new ChainsFault('ADDRESS_INVALID', 'not the key of a Solana address')
  return hexToBytes(digits)
}

function isOnCurve(bytes: Uint8Array): boolean {
  try {
    // Solana's decompression takes a y beyond the field too, which ZIP-215 decoding does as well.
    ed25519.Point.fromBytes(bytes, true)
    return true
  } catch {
    return false
  }
}
