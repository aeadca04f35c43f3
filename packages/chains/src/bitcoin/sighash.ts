import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { sized, u32, u64 } from './byte-writer.ts'
import { encodeOutput, encodeTransaction, outpoint, type Transaction } from './read-transaction.ts'

/** What an input spends, as far as its hash needs it. */
export interface Spent {
  readonly script: Uint8Array
  readonly amountAtomic: bigint
}

const SIGHASH_ALL = 0x01
/** Bitcoin Cash signs as BIP-143 with this bit (spec "replay-protected-sighash"). */
export const SIGHASH_FORKID = 0x40
const SIGHASH_DEFAULT = 0x00

const double = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes))

/**
 * The hashes that inputs of one transaction sign, SIGHASH_ALL or DEFAULT only. What all inputs share is hashed once: without that, a
 * hundred inputs hash everything a hundred times.
 */
export class Sighashes {
  readonly #transaction: Transaction
  readonly #single: { readonly prevouts: Uint8Array; readonly sequences: Uint8Array; readonly outputs: Uint8Array }

  constructor(transaction: Transaction) {
    const { inputs, outputs } = transaction
    this.#transaction = transaction
    this.#single = {
      prevouts: sha256(concatBytes(...inputs.map(outpoint))),
      sequences: sha256(concatBytes(...inputs.map(({ sequence }) => u32(sequence)))),
      outputs: sha256(concatBytes(...outputs.map(encodeOutput))),
    }
  }

  /** Before BIP-143: the whole transaction with the spent script in the place of this input's. */
  legacy(index: number, script: Uint8Array): Uint8Array {
    const transaction = this.#transaction
    const inputs = transaction.inputs.map((input, at) => ({
      ...input,
      script: at === index ? script : new Uint8Array(),
    }))
    return double(concatBytes(encodeTransaction({ ...transaction, inputs }), u32(SIGHASH_ALL)))
  }

  /** BIP-143. `scriptCode`: of P2WPKH, the P2PKH script of the same hash. */
  witnessV0(index: number, scriptCode: Uint8Array, amountAtomic: bigint, forkId = 0): Uint8Array {
    const { version, inputs, lockTime } = this.#transaction
    const input = inputs[index]
    if (input === undefined) throw new RangeError('no such input')
    const { prevouts, sequences, outputs } = this.#single
    return double(
      concatBytes(
        u32(version),
        sha256(prevouts),
        sha256(sequences),
        outpoint(input),
        sized(scriptCode),
        u64(amountAtomic),
        u32(input.sequence),
        sha256(outputs),
        u32(lockTime),
        u32(SIGHASH_ALL | forkId),
      ),
    )
  }

  /** BIP-341, key path without annex, SIGHASH_DEFAULT: commits to amount and script of every input. */
  taproot(index: number, spent: readonly Spent[]): Uint8Array {
    const { version, lockTime } = this.#transaction
    const { prevouts, sequences, outputs } = this.#single
    return schnorr.utils.taggedHash(
      'TapSighash',
      concatBytes(
        Uint8Array.of(0, SIGHASH_DEFAULT),
        u32(version),
        u32(lockTime),
        prevouts,
        sha256(concatBytes(...spent.map(({ amountAtomic }) => u64(amountAtomic)))),
        sha256(concatBytes(...spent.map(({ script }) => sized(script)))),
        sequences,
        outputs,
        Uint8Array.of(0),
        u32(index),
      ),
    )
  }
}
