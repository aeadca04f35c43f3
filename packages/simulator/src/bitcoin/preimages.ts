import { sha256 } from '@noble/hashes/sha2.js'

export interface BitcoinInput {
  /** As explorers show it: the hash backwards. Hex, 64 digits. */
  readonly txid: string
  readonly vout: number
  readonly amountAtomic: bigint
  /** The P2PKH script of the spending key; of P2WPKH it is the script code (BIP-143). */
  readonly script: Uint8Array
}

export interface BitcoinOutput {
  readonly script: Uint8Array
  readonly amountAtomic: bigint
}

export interface BitcoinPlan {
  readonly version: 1 | 2
  readonly inputs: readonly BitcoinInput[]
  readonly outputs: readonly BitcoinOutput[]
}

export interface Preimage {
  /** The bytes that are hashed twice and signed. Lower-case hex. */
  readonly raw: string
  readonly hash: string
}

const SEQUENCE_FINAL = u32(0xffff_ffff)
const NO_LOCK_TIME = u32(0)
const SIGHASH_ALL = u32(1)
/** CompactSize below 0xfd is one byte; the simulator makes nothing longer. */
const COUNT_MAX = 0xfc

/** What each P2WPKH input signs, in the order of the inputs (BIP-143; 182 bytes each). */
export function witnessPreimages({ version, inputs, outputs }: BitcoinPlan): readonly Preimage[] {
  const prevouts = double(concat(inputs.map(outpoint)))
  const sequences = double(concat(inputs.map(() => SEQUENCE_FINAL)))
  const paid = double(concat(outputs.map(encodeOutput)))
  return inputs.map((input) =>
    preimageOf([
      ...[u32(version), prevouts, sequences, outpoint(input), sized(input.script), u64(input.amountAtomic)],
      ...[SEQUENCE_FINAL, paid, NO_LOCK_TIME, SIGHASH_ALL],
    ]),
  )
}

/** What each P2PKH input signs: the whole transaction with the spent script in the signed input, then the signature type. */
export function legacyPreimages({ version, inputs, outputs }: BitcoinPlan): readonly Preimage[] {
  return inputs.map((_, signed) =>
    preimageOf([
      u32(version),
      count(inputs.length),
      ...inputs.flatMap((input, index) => [
        outpoint(input),
        sized(index === signed ? input.script : new Uint8Array()),
        SEQUENCE_FINAL,
      ]),
      count(outputs.length),
      ...outputs.map(encodeOutput),
      NO_LOCK_TIME,
      SIGHASH_ALL,
    ]),
  )
}

function preimageOf(parts: readonly Uint8Array[]): Preimage {
  const bytes = concat(parts)
  return { raw: Buffer.from(bytes).toString('hex'), hash: Buffer.from(double(bytes)).toString('hex') }
}

const outpoint = ({ txid, vout }: BitcoinInput): Uint8Array => concat([Buffer.from(txid, 'hex').reverse(), u32(vout)])
const encodeOutput = ({ script, amountAtomic }: BitcoinOutput): Uint8Array => concat([u64(amountAtomic), sized(script)])
const concat = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts)
const double = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes))
const sized = (bytes: Uint8Array): Uint8Array => concat([count(bytes.length), bytes])

function count(value: number): Uint8Array {
  if (value > COUNT_MAX) throw new RangeError(`more than ${String(COUNT_MAX)} of anything is not made`)
  return Uint8Array.of(value)
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
