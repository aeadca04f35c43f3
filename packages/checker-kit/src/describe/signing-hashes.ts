import type { ChainFamily } from '@callback-quorum/chains'
import type { Refuse } from './refuse.ts'

/** The parallel lists of a KeySign detail (protocol/cobo.md 2.2 and 3.2): path, hash and tweak of one signature share an index. */
export interface SigningLists {
  readonly msg_hash_list?: readonly string[] | null | undefined
  readonly bip32_path_list?: readonly string[] | null | undefined
  readonly tweak_list?: readonly string[] | null | undefined
}

/** ECDSA and Schnorr sign a 32-byte digest. */
const DIGEST_BYTES = 32

/** Ed25519 signs the message itself. A Solana packet holds 1,232 bytes; the rest is room for other Ed25519 chains. */
const SIGNED_MESSAGE_BYTES_MAX = 16_384

const SIGNS_WHOLE_MESSAGES: readonly ChainFamily[] = ['solana', 'stellar', 'ton', 'substrate', 'monero', 'opaque']

/**
 * What is to be signed, in the order of the request, lower-case hex without 0x. The same hash twice is refused: with another path
 * beside it, it is a signature from another wallet (protocol/cobo.md 4.1, holes 4 and 5).
 */
export function readSigningHashes(
  detail: SigningLists,
  family: ChainFamily | undefined,
  refuse: Refuse,
): readonly string[] {
  const hashes = (detail.msg_hash_list ?? []).map((text) => text.replace(/^0[xX]/, '').toLowerCase())
  checkSigningHashes(hashes, 'msg_hash_list', family, refuse)

  const parallel = [detail.msg_hash_list, detail.bip32_path_list, detail.tweak_list].filter((list) => list != null)
  if (parallel.some((list) => list.length !== hashes.length)) {
    refuse('LISTS_UNEQUAL', 'bip32_path_list, msg_hash_list and tweak_list differ in length')
  }
  return hashes
}

/** Something to sign, each of it of the form that the chain signs and none twice. `member` is where the request names them. */
export function checkSigningHashes(
  hashes: readonly string[],
  member: string,
  family: ChainFamily | undefined,
  refuse: Refuse,
): void {
  if (hashes.length === 0) refuse('HASHES_MISSING', 'the request names nothing to sign')
  const invalid = hashes.findIndex((hash) => !isSigningHash(hash, family))
  if (invalid >= 0) refuse('HASHES_INVALID', `${member}[${invalid}] is not the hex of something this chain signs`)
  if (new Set(hashes).size !== hashes.length) refuse('HASHES_DUPLICATE', `${member} names the same hash twice`)
}

function isSigningHash(hex: string, family: ChainFamily | undefined): boolean {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return false
  const bytes = hex.length / 2
  if (family === undefined || SIGNS_WHOLE_MESSAGES.includes(family)) return bytes <= SIGNED_MESSAGE_BYTES_MAX
  return bytes === DIGEST_BYTES
}
