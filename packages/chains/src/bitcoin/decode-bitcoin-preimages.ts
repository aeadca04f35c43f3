import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Decoded, SpentOutput, ToSign } from '../transaction/decoded.ts'
import { u32 } from './byte-writer.ts'
import { outputEffects } from './output-effects.ts'
import type { Place } from './prevout.ts'
import { encodeOutput, encodeTransaction, readTransaction, type Output, type Transaction } from './read-transaction.ts'
import { isEqual, readScript, scriptAccount, scriptOfAddress, writeScript } from './script.ts'

/** An output that a description names; what is not in the bytes themselves is proven by their hash. */
export interface OutputCandidate {
  readonly address: string
  readonly amountAtomic: bigint
}

/** What the description leaves out: an output behind the described ones that takes what they and the fee leave of the inputs. */
export interface ChangeCandidates {
  /** Tried in their order, the first 1,000 of them; the one whose script reproduces the hash is taken. */
  readonly addresses: readonly string[]
  readonly feeAtomic: bigint
}

const PREIMAGES_MAX = 500
/** Each costs an address to be read and a hash. A wallet has one address for its change. */
const CHANGE_ADDRESSES_MAX = 1_000
const SIGHASH_ALL = u32(1)

const double = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes))

/**
 * Reads what some platforms send in place of a transaction: for every input the very bytes whose double SHA-256 is signed, in the order
 * of the inputs (protocol/fireblocks.md 6.2). Legacy preimages hold the outputs; those of BIP-143 hold their hash, which the candidates,
 * in their order, have to reproduce, alone or with one change output behind them. All have to be of one transaction. Throws ChainsFault.
 */
export function decodeBitcoinPreimages(
  place: Place,
  preimages: readonly Uint8Array[],
  outputs: readonly OutputCandidate[] = [],
  change?: ChangeCandidates,
): Decoded {
  // Of a Node Buffer `slice` is a view, and what is turned round below would be turned round in the caller's bytes.
  const raws = preimages.map((raw) => Uint8Array.from(raw))
  const [first] = raws
  if (first === undefined) throw malformed('no preimage')
  if (raws.length > PREIMAGES_MAX) throw tooLarge(`more than ${String(PREIMAGES_MAX)} preimages`)
  if (place.family === 'bitcoin-cash') throw unsupported('preimages of Bitcoin Cash are not understood')
  const decoded = isWitnessPreimage(first) ? readWitness(place, raws, outputs, change) : readLegacy(place, raws)
  const [one, ...others] = raws.map((raw, index): ToSign => {
    const account = decoded.inputs[index]?.account
    return { hash: bytesToHex(double(raw)), scheme: 'ecdsa', ...(account !== undefined && { account }) }
  })
  if (one === undefined) throw new Error('invariant: there is a preimage')
  return { form: 'bitcoin-preimages', toSign: [one, ...others], ...decoded }
}

type Reading = Pick<Decoded, 'effects' | 'fee'> & { readonly inputs: readonly SpentOutput[] }

/** The whole transaction with the spent script in the place of the signed input's, then the signature type. */
function readLegacy(place: Place, raws: readonly Uint8Array[]): Reading {
  let shared: Transaction | undefined
  const inputs = raws.map((raw, index): SpentOutput => {
    if (!isEqual(raw.slice(-4), SIGHASH_ALL)) throw unsupported('a preimage that does not sign the whole transaction')
    const transaction = readTransaction(raw.slice(0, -4), place.family)
    const input = transaction.inputs[index]
    const { length } = transaction.inputs
    if (input === undefined || length !== raws.length) throw malformed('not one preimage for each input')
    if (transaction.inputs.some(({ script }, at) => at !== index && script.length > 0))
      throw malformed('a preimage signs another input than its place says')
    if (readScript(input.script)?.kind !== 'P2PKH') throw unsupported('an input spends a script that is not P2PKH')
    const bare = { ...transaction, inputs: transaction.inputs.map((one) => ({ ...one, script: new Uint8Array() })) }
    shared ??= bare
    if (!isEqual(encodeTransaction(shared), encodeTransaction(bare)))
      throw malformed('preimages of different transactions')
    const account = scriptAccount(place, input.script)
    const { txid, vout, sequence } = input
    return { txid, vout, ...(account !== undefined && { account }), isAmountProven: false, sequence }
  })
  // What the inputs hold is not in the bytes, and so the fee is not.
  return { effects: outputEffects(place, shared?.outputs ?? []), fee: { isProven: false }, inputs }
}

/** BIP-143 with the P2PKH script code of 25 bytes that P2WPKH has. */
const WITNESS_PREIMAGE_BYTES = 182
const SCRIPT_CODE_AT = 104

const isWitnessPreimage = (raw: Uint8Array): boolean =>
  raw.length === WITNESS_PREIMAGE_BYTES &&
  raw[SCRIPT_CODE_AT] === 25 &&
  readScript(raw.slice(105, 130))?.kind === 'P2PKH'

interface WitnessPreimage {
  /** Everything that all inputs of a transaction share. */
  readonly shared: Uint8Array
  readonly hashPrevouts: Uint8Array
  readonly hashSequence: Uint8Array
  readonly hashOutputs: Uint8Array
  readonly outpoint: Uint8Array
  readonly sequence: Uint8Array
  readonly spent: SpentOutput
  readonly amountAtomic: bigint
}

/** Offsets of BIP-143. */
function readWitnessPreimage(place: Place, raw: Uint8Array): WitnessPreimage {
  if (!isWitnessPreimage(raw)) throw malformed('preimages of different kinds')
  if (!isEqual(raw.slice(178), SIGHASH_ALL)) throw unsupported('a preimage that does not sign the whole transaction')
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const code = readScript(raw.slice(105, 130))
  const account = code && scriptAccount(place, writeScript({ kind: 'P2WPKH', payload: code.payload }))
  if (account === undefined) throw unsupported('an input spends a script that this chain does not have')
  const amountAtomic = view.getBigUint64(130, true)
  return {
    shared: concatBytes(raw.slice(0, 68), raw.slice(142)),
    hashPrevouts: raw.slice(4, 36),
    hashSequence: raw.slice(36, 68),
    hashOutputs: raw.slice(142, 174),
    outpoint: raw.slice(68, 104),
    sequence: raw.slice(138, 142),
    amountAtomic,
    spent: {
      txid: bytesToHex(raw.slice(68, 100).reverse()),
      vout: view.getUint32(100, true),
      account,
      amountAtomic,
      isAmountProven: true,
      sequence: view.getUint32(138, true),
    },
  }
}

function readWitness(
  place: Place,
  raws: readonly Uint8Array[],
  candidates: readonly OutputCandidate[],
  change: ChangeCandidates | undefined,
): Reading {
  const preimages = raws.map((raw) => readWitnessPreimage(place, raw))
  const [first] = preimages
  if (first === undefined) throw new Error('invariant: there is a preimage')
  if (preimages.some(({ shared }) => !isEqual(shared, first.shared)))
    throw malformed('preimages of different transactions')
  if (!isEqual(double(concatBytes(...preimages.map((one) => one.outpoint))), first.hashPrevouts))
    throw malformed('the preimages are not those of all inputs in their order')
  if (!isEqual(double(concatBytes(...preimages.map(({ sequence }) => sequence))), first.hashSequence))
    throw malformed('the preimages do not have the sequences of all inputs')
  const held = preimages.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  const outputs = findOutputs(place, candidates, change, held, first.hashOutputs)
  const paid = sumOf(outputs)
  if (paid > held) throw malformed('pays more than its inputs hold')
  return {
    effects: outputEffects(place, outputs),
    // Each preimage commits to the amount of its own input only.
    fee: { maxAtomic: held - paid, isProven: preimages.length === 1 },
    inputs: preimages.map(({ spent }) => spent),
  }
}

/** Only what reproduces the hash: the described outputs alone, or with change behind them. */
function findOutputs(
  place: Place,
  candidates: readonly OutputCandidate[],
  change: ChangeCandidates | undefined,
  held: bigint,
  hashOutputs: Uint8Array,
): readonly Output[] {
  const outputOf = ({ address, amountAtomic }: OutputCandidate): Output => ({
    amountAtomic,
    script: writeScript(scriptOfAddress(place, address)),
  })
  const described = candidates.map(outputOf)
  const encoded = described.map(encodeOutput)
  const isHashed = (...more: readonly Uint8Array[]): boolean =>
    isEqual(double(concatBytes(...encoded, ...more)), hashOutputs)
  if (isHashed()) return described

  const { addresses = [], feeAtomic = 0n } = change ?? {}
  const amountAtomic = held - sumOf(described) - feeAtomic
  for (const address of amountAtomic > 0n ? addresses.slice(0, CHANGE_ADDRESSES_MAX) : []) {
    const output = outputOf({ address, amountAtomic })
    if (isHashed(encodeOutput(output))) return [...described, output]
  }
  throw unsupported('the outputs behind the preimages are not the ones that are described')
}

const sumOf = (outputs: readonly Output[]): bigint => outputs.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
