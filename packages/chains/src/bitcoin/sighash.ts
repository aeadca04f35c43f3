import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { compactSize, sized, u32, u64 } from './byte-writer.ts'
import { encodeOutput, outpoint, type Input, type Transaction } from './read-transaction.ts'

/** What an input spends, as far as its hash needs it. */
export interface Spent {
  readonly script: Uint8Array
  readonly amountAtomic: bigint
}

const SIGHASH_ALL = 0x01
/** Bitcoin Cash signs as BIP-143 with this bit (spec "replay-protected-sighash"). */
export const SIGHASH_FORKID = 0x40
const SIGHASH_DEFAULT = 0x00

/** Outpoint, an empty script, sequence. */
const BARE_INPUT_BYTES = 41
const bareInput = (input: Input, script: Uint8Array): Uint8Array =>
  concatBytes(outpoint(input), sized(script), u32(input.sequence))

const double = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes))

/**
 * The hashes that inputs of one transaction sign, SIGHASH_ALL or DEFAULT only. What all inputs share is hashed once: without that, a
 * hundred inputs hash everything a hundred times.
 */
export class Sighashes {
  readonly #transaction: Transaction
  /** Of the whole transaction as a legacy signature sees it, with every script empty. */
  readonly #bare: { readonly head: Uint8Array; readonly inputs: Uint8Array; readonly tail: Uint8Array }
  readonly #single: { readonly prevouts: Uint8Array; readonly sequences: Uint8Array; readonly outputs: Uint8Array }

  constructor(transaction: Transaction) {
    const { inputs, outputs } = transaction
    this.#transaction = transaction
    this.#bare = {
      head: concatBytes(u32(transaction.version), compactSize(inputs.length)),
      inputs: concatBytes(...inputs.map((input) => bareInput(input, new Uint8Array()))),
      tail: concatBytes(
        compactSize(outputs.length),
        ...outputs.map(encodeOutput),
        u32(transaction.lockTime),
        u32(SIGHASH_ALL),
      ),
    }
    this.#single = {
      prevouts: sha256(concatBytes(...inputs.map(outpoint))),
      sequences: sha256(concatBytes(...inputs.map(({ sequence }) => u32(sequence)))),
      outputs: sha256(concatBytes(...outputs.map(encodeOutput))),
    }
  }

  /** Before BIP-143: the whole transaction with the spent script in the place of this input's. */
  legacy(index: number, script: Uint8Array): Uint8Array {
    const input = this.#transaction.inputs[index]
    if (input === undefined) throw new RangeError('no such input')
    const { head, inputs, tail } = this.#bare
    const hash = sha256
      .create()
      .update(head)
      .update(inputs.subarray(0, index * BARE_INPUT_BYTES))
      .update(bareInput(input, script))
      .update(inputs.subarray((index + 1) * BARE_INPUT_BYTES))
      .update(tail)
    return sha256(hash.digest())
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
