import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import type { Account } from '../transaction/effect.ts'
import { solanaAccount } from './solana-account.ts'

/** The account of a base key, a seed and the program that owns it, for which the base signs (solana_pubkey create_with_seed). */
export const seededAccount = (base: Account, seed: Uint8Array, owner: Account): Account =>
  solanaAccount(sha256(concatBytes(base58.decode(base.text), seed, base58.decode(owner.text))))
