import { RawTx, Transaction } from '@scure/btc-signer'
import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Prevout } from './prevout.ts'

/** `psbt` and 0xff (BIP-174). */
const MAGIC = [0x70, 0x73, 0x62, 0x74, 0xff]
export const isPsbt = (bytes: Uint8Array): boolean => MAGIC.every((byte, index) => bytes[index] === byte)

/** Previous transactions may come along, each as large as a block allows; a custody payment has a few small ones. */
const PSBT_BYTES_MAX = 1_048_576

/** SIGHASH_ALL, and the DEFAULT of taproot; both sign everything. Absent is the same. */
const SIGHASHES = [undefined, 0, 1]

type PsbtInput = ReturnType<Transaction['getInput']>

/** What makes an input something else than one signature of one key over everything. */
// prettier-ignore
const NOT_UNDERSTOOD = [
  'partialSig', 'finalScriptSig', 'finalScriptWitness', 'witnessScript', 'tapKeySig', 'tapScriptSig', 'tapLeafScript', 'tapMerkleRoot',
  'requiredTimeLocktime', 'requiredHeightLocktime', 'p2cKeyTweak', 'musig2ParticipantPubkeys', 'musig2PubNonce', 'musig2PartialSig', 'spTweak', 'spEcdhShare',
] as const satisfies readonly (keyof PsbtInput)[]

/** The unsigned transaction of a PSBT of version 0 or 2, and what its inputs spend by the PSBT's own words. */
export function readPsbt(bytes: Uint8Array): { readonly unsigned: Uint8Array; readonly prevouts: readonly Prevout[] } {
  if (bytes.length > PSBT_BYTES_MAX) throw tooLarge(`a PSBT of more than ${String(PSBT_BYTES_MAX)} bytes`)
  const psbt = parse(bytes)
  const inputs = Array.from({ length: psbt.inputsLength }, (_, index) => psbt.getInput(index))
  return { unsigned: unsignedOf(psbt), prevouts: inputs.map(readInput) }
}

/** Scripts are judged where all transactions are; here they may be whatever they are. */
function parse(bytes: Uint8Array): Transaction {
  try {
    return Transaction.fromPSBT(bytes, {
      allowUnknownInputs: true,
      allowUnknownOutputs: true,
      allowLegacyWitnessUtxo: true,
      disableScriptCheck: true,
    })
  } catch {
    throw malformed('not a PSBT of version 0 or 2')
  }
}

function unsignedOf(psbt: Transaction): Uint8Array {
  try {
    return psbt.unsignedTx
  } catch {
    throw malformed('a PSBT without a transaction')
  }
}

function readInput(input: PsbtInput, index: number): Prevout {
  const at = `inputs[${String(index)}]`
  const strange = NOT_UNDERSTOOD.find((name) => input[name] !== undefined)
  if (strange !== undefined) throw unsupported(`${at} has ${strange}`)
  if (!SIGHASHES.includes(input.sighashType)) throw unsupported(`${at} does not sign the whole transaction`)
  const { txid, index: vout, witnessUtxo, nonWitnessUtxo, redeemScript } = input
  if (txid === undefined || vout === undefined) throw malformed(`${at} names no output`)
  return {
    txid: bytesToHex(txid),
    vout,
    ...(witnessUtxo !== undefined && { script: witnessUtxo.script, amountAtomic: witnessUtxo.amount }),
    ...(nonWitnessUtxo !== undefined && { previousTransaction: RawTx.encode(nonWitnessUtxo) }),
    ...(redeemScript !== undefined && { redeemScript }),
  }
}
