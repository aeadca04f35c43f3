import { concatBytes, bytesToHex } from '@noble/hashes/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { ChainFamily } from '../address/canonical-address.ts'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import { compactSize, sized, u32, u64 } from './byte-writer.ts'

export interface Input {
  /** As explorers show it. */
  readonly txid: string
  readonly vout: number
  /** Empty before signing, except for the program push of P2SH-P2WPKH that some wallets put there. */
  readonly script: Uint8Array
  readonly sequence: number
}

export interface Output {
  readonly amountAtomic: bigint
  readonly script: Uint8Array
}

export interface Transaction {
  readonly version: number
  readonly inputs: readonly Input[]
  readonly outputs: readonly Output[]
  readonly lockTime: number
}

/** Nodes relay no transaction above 100,000 virtual bytes (Bitcoin Core MAX_STANDARD_TX_WEIGHT / 4); without signatures it is smaller. */
export const TRANSACTION_BYTES_MAX = 100_000
/** A block weighs at most 4,000,000: a previous transaction, which proves amounts, can be as large. */
export const PREVIOUS_BYTES_MAX = 4_000_000
/**
 * Before BIP-143 every input hashes the whole transaction, and each derives a key: so many take about a second of a checker's eight. A
 * sweep of more has to be split.
 */
const INPUTS_MAX = 500
const OUTPUTS_MAX = 4_000

/** In 10^-8 coins: more than will ever exist is no amount. Dogecoin has no end of supply; 64 bits hold it. */
const MONEY_MAX: Readonly<Partial<Record<ChainFamily, bigint>>> = {
  bitcoin: 2_100_000_000_000_000n,
  litecoin: 8_400_000_000_000_000n,
  'bitcoin-cash': 2_100_000_000_000_000n,
}
const INT64_MAX = 2n ** 63n - 1n

/** Reads an unsigned transaction whole, in its one encoding. Witnesses have no place in it. */
export function readTransaction(bytes: Uint8Array, family: ChainFamily): Transaction {
  if (bytes.length > TRANSACTION_BYTES_MAX) throw tooLarge(`more than ${String(TRANSACTION_BYTES_MAX)} bytes`)
  const cursor = new Cursor(bytes)
  const version = cursor.u32()
  if (version !== 1 && version !== 2) throw unsupported(`transaction version ${String(version)}`)
  const inputCount = cursor.compactSize()
  // No inputs: the marker of a transaction with witnesses (BIP-144), which would be signed.
  if (inputCount === 0) throw unsupported('a transaction without inputs, or one with signatures')
  const transaction = readBody(cursor, version, inputCount)
  if (transaction.inputs.length > INPUTS_MAX) throw tooLarge(`more than ${String(INPUTS_MAX)} inputs`)
  if (transaction.outputs.length > OUTPUTS_MAX) throw tooLarge(`more than ${String(OUTPUTS_MAX)} outputs`)
  assertMoney(transaction, family)
  const spent = transaction.inputs.map(({ txid, vout }) => `${txid}:${String(vout)}`)
  if (new Set(spent).size !== spent.length) throw malformed('an output is spent twice')
  return transaction
}

function assertMoney({ outputs }: Transaction, family: ChainFamily): void {
  if (outputs.length === 0) throw malformed('no outputs')
  const max = MONEY_MAX[family] ?? INT64_MAX
  if (outputs.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n) > max)
    throw malformed('pays more coins than there are')
}

/** The outputs and the id of any transaction, signed or not: the id leaves witnesses out (BIP-141). */
export function readPrevious(bytes: Uint8Array): { readonly txid: string; readonly outputs: readonly Output[] } {
  if (bytes.length > PREVIOUS_BYTES_MAX) throw tooLarge('a previous transaction larger than a block')
  const cursor = new Cursor(bytes)
  const version = cursor.u32()
  let inputCount = cursor.compactSize()
  const hasWitnesses = inputCount === 0
  if (hasWitnesses) {
    if (cursor.byte() !== 1) throw malformed('a witness flag that is not known')
    inputCount = cursor.compactSize()
  }
  const transaction = readBody(cursor, version, inputCount, hasWitnesses)
  const id = sha256(sha256(encodeTransaction(transaction))).reverse()
  return { txid: bytesToHex(id), outputs: transaction.outputs }
}

function readBody(cursor: Cursor, version: number, inputCount: number, hasWitnesses = false): Transaction {
  const inputs = cursor.times(inputCount, () => ({
    txid: bytesToHex(cursor.take(32).reverse()),
    vout: cursor.u32(),
    script: cursor.take(cursor.compactSize()),
    sequence: cursor.u32(),
  }))
  const outputs = cursor.times(cursor.compactSize(), () => ({
    amountAtomic: cursor.u64(),
    script: cursor.take(cursor.compactSize()),
  }))
  if (hasWitnesses)
    for (let index = 0; index < inputCount; index += 1)
      cursor.times(cursor.compactSize(), () => cursor.take(cursor.compactSize()))
  const lockTime = cursor.u32()
  if (cursor.left > 0) throw malformed('bytes behind the transaction')
  return { version, inputs, outputs, lockTime }
}

/** Without witnesses. */
export function encodeTransaction({ version, inputs, outputs, lockTime }: Transaction): Uint8Array {
  return concatBytes(
    u32(version),
    compactSize(inputs.length),
    ...inputs.map(({ txid, vout, script, sequence }) =>
      concatBytes(outpoint({ txid, vout }), sized(script), u32(sequence)),
    ),
    compactSize(outputs.length),
    ...outputs.map(encodeOutput),
    u32(lockTime),
  )
}

export const encodeOutput = ({ amountAtomic, script }: Output): Uint8Array =>
  concatBytes(u64(amountAtomic), sized(script))

export function outpoint({ txid, vout }: Pick<Input, 'txid' | 'vout'>): Uint8Array {
  const id = Uint8Array.from(txid.match(/../g) ?? [], (digits) => parseInt(digits, 16)).reverse()
  return concatBytes(id, u32(vout))
}

/** Reads in order and never behind the end; lengths are as short as they go. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Uint8Array {
    const at = this.#advance(length)
    return this.#bytes.slice(at, at + length)
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true)
  }

  compactSize(): number {
    const first = this.byte()
    if (first < 0xfd) return first
    if (first === 0xff) throw malformed('a length of more than 32 bits')
    const value = first === 0xfd ? this.#view.getUint16(this.#advance(2), true) : this.u32()
    if (value < (first === 0xfd ? 0xfd : 0x10000)) throw malformed('a length that is written too long')
    return value
  }

  /** Each of the things read takes at least one byte, so that a count cannot ask for more than there is. */
  times<T>(count: number, read: () => T): T[] {
    if (count > this.left) throw malformed('ends too early')
    return Array.from({ length: count }, read)
  }

  #advance(length: number): number {
    if (length > this.left) throw malformed('ends too early')
    this.#at += length
    return this.#at - length
  }
}
