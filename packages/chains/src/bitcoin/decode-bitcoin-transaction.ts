import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, unsupported } from '../faults.ts'
import type { Decoded, SpentOutput, ToSign, TransactionForm } from '../transaction/decoded.ts'
import { outputEffects } from './output-effects.ts'
import type { Place, Prevout } from './prevout.ts'
import { isPsbt, readPsbt } from './read-psbt.ts'
import { readPrevious, readTransaction, type Input, type Output, type Transaction } from './read-transaction.ts'
import {
  hash160,
  isEqual,
  readScript,
  scriptAccount,
  scriptOfAddress,
  writeScript,
  type StandardScript,
} from './script.ts'
import { SIGHASH_FORKID, Sighashes, type Spent } from './sighash.ts'

/**
 * Reads an unsigned transaction, with what its inputs spend beside it, or a PSBT (BIP-174, BIP-370) that holds both. Every input is
 * signed, in their order, with SIGHASH_ALL (taproot: DEFAULT). Outputs are transfers; which of them is change, the bytes do not say.
 * Throws ChainsFault.
 */
export function decodeBitcoinTransaction(place: Place, raw: Uint8Array, prevouts: readonly Prevout[]): Decoded {
  if (!isPsbt(raw)) return decode(place, 'bitcoin-transaction', readTransaction(raw, place.family), prevouts)
  const { unsigned, prevouts: own } = readPsbt(raw)
  return decode(place, 'bitcoin-psbt', readTransaction(unsigned, place.family), own)
}

interface Spending extends Spent {
  readonly input: Input
  readonly standard: StandardScript
  /** P2SH: the witness program inside. */
  readonly nested?: StandardScript
  /** A whole previous transaction proved script and amount. */
  readonly isProven: boolean
}

function decode(place: Place, form: TransactionForm, transaction: Transaction, prevouts: readonly Prevout[]): Decoded {
  const spendings = matchPrevouts(transaction, prevouts).map(([input, prevout]) => readSpending(place, input, prevout))
  const sighashes = new Sighashes(transaction)
  const signed = spendings.map((spending, index) => sign(place, spending, index, sighashes, spendings))
  const [first, ...others] = signed.map(({ toSign }) => toSign)
  if (first === undefined) throw new Error('invariant: a transaction has inputs')
  const inputs = signed.map(({ spent }) => spent)
  const paid = transaction.outputs.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  const held = spendings.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  if (paid > held) throw malformed('pays more than its inputs hold')
  return {
    form,
    toSign: [first, ...others],
    effects: outputEffects(place, transaction.outputs),
    fee: { maxAtomic: held - paid, isProven: isFeeProven(spendings) },
    inputs,
  }
}

/**
 * Taproot commits to the amounts of all inputs. BIP-143 commits to the amount of one: asked twice, each time with a lie about another
 * input, a signer gives two signatures that together pay a fee nobody saw (BIP-341, rationale of its sighash). So several inputs need
 * their previous transactions.
 */
function isFeeProven(spendings: readonly Spending[]): boolean {
  if (spendings.every(({ isProven }) => isProven) || spendings.every(({ standard }) => standard.kind === 'P2TR'))
    return true
  const [only, ...others] = spendings
  return others.length === 0 && (only?.nested ?? only?.standard)?.kind === 'P2WPKH'
}

/** Each input with the one output it spends: nothing missing, nothing twice, nothing that is not spent. */
function matchPrevouts({ inputs }: Transaction, prevouts: readonly Prevout[]): readonly (readonly [Input, Prevout])[] {
  const placeOf = ({ txid, vout }: Pick<Prevout, 'txid' | 'vout'>): string => `${txid}:${String(vout)}`
  const byPlace = new Map(prevouts.map((prevout) => [placeOf(prevout), prevout]))
  if (byPlace.size !== prevouts.length) throw malformed('an output that is spent is described twice')
  if (prevouts.length > inputs.length) throw malformed('an output is described that is not spent')
  return inputs.map((input) => {
    const prevout = byPlace.get(placeOf(input))
    if (prevout === undefined) throw unsupported('what an input spends is not described')
    return [input, prevout]
  })
}

function readSpending(place: Place, input: Input, prevout: Prevout): Spending {
  const proven = prevout.previousTransaction && outputOf(prevout.previousTransaction, input)
  const standard = standardOf(place, prevout, proven)
  const amountAtomic = proven?.amountAtomic ?? prevout.amountAtomic
  if (amountAtomic === undefined) throw unsupported('the amount that an input spends is not described')
  if (prevout.amountAtomic !== undefined && prevout.amountAtomic !== amountAtomic)
    throw malformed('an input spends another amount than is described')
  const nested = standard.kind === 'P2SH' ? nestedOf(standard, prevout, input) : undefined
  if (nested === undefined && input.script.length > 0) throw unsupported('an input that is signed already')
  return {
    input,
    standard,
    ...(nested !== undefined && { nested }),
    script: writeScript(standard),
    amountAtomic,
    isProven: proven !== undefined,
  }
}

function outputOf(previous: Uint8Array, { txid, vout }: Input): Output {
  const { txid: id, outputs } = readPrevious(previous)
  const output = outputs[vout]
  if (id !== txid || output === undefined) throw malformed('a previous transaction is not the one that is spent')
  return output
}

/** Whatever is said about the output's script has to say the same one. */
function standardOf(place: Place, { address, script }: Prevout, proven: Output | undefined): StandardScript {
  const said = [
    ...(address === undefined ? [] : [writeScript(scriptOfAddress(place, address))]),
    ...(script === undefined ? [] : [script]),
    ...(proven === undefined ? [] : [proven.script]),
  ]
  const [first, ...others] = said
  if (first === undefined) throw unsupported('the address that an input spends from is not described')
  if (others.some((other) => !isEqual(first, other)))
    throw malformed('an input spends from another address than is described')
  const standard = readScript(first)
  if (standard === undefined) throw unsupported('an input spends a script that is not standard')
  return standard
}

/** P2SH pays a script; only a P2WPKH program inside is understood. Some wallets put its push into the input already. */
function nestedOf(standard: StandardScript, { redeemScript }: Prevout, { script }: Input): StandardScript {
  const pushed = script.length > 0 && script[0] === script.length - 1 ? script.slice(1) : undefined
  if (script.length > 0 && pushed === undefined) throw unsupported('an input that is signed already')
  const redeem = redeemScript ?? pushed
  const nested = redeem && readScript(redeem)
  if (redeem === undefined || nested?.kind !== 'P2WPKH') throw unsupported('a script hash whose script is not P2WPKH')
  if (pushed !== undefined && !isEqual(pushed, redeem))
    throw malformed('an input holds another script than is described')
  if (!isEqual(hash160(redeem), standard.payload)) throw malformed('a redeem script that does not hash to its address')
  return nested
}

interface Signed {
  readonly toSign: ToSign
  readonly spent: SpentOutput
}

function sign(place: Place, spending: Spending, index: number, sighashes: Sighashes, all: readonly Spending[]): Signed {
  const { input, amountAtomic, isProven } = spending
  const account = scriptAccount(place, spending.script)
  if (account === undefined) throw unsupported('an input spends a script that this chain does not have')
  const { hash, scheme, commits } = hashOf(place, spending, index, sighashes, all)
  return {
    toSign: { hash: bytesToHex(hash), scheme, account },
    spent: {
      txid: input.txid,
      vout: input.vout,
      account,
      amountAtomic,
      isAmountProven: commits || isProven,
      sequence: input.sequence,
    },
  }
}

interface Hashed {
  readonly hash: Uint8Array
  readonly scheme: ToSign['scheme']
  /** The signature commits to the amount. */
  readonly commits: boolean
}

function hashOf(
  { family }: Place,
  { standard, nested, script, amountAtomic }: Spending,
  index: number,
  sighashes: Sighashes,
  all: readonly Spending[],
): Hashed {
  const program = nested ?? standard
  const scriptCode = (): Uint8Array => writeScript({ kind: 'P2PKH', payload: program.payload })
  if (family === 'bitcoin-cash') {
    if (standard.kind !== 'P2PKH') throw unsupported('Bitcoin Cash spends P2PKH only, as far as it is understood here')
    return {
      hash: sighashes.witnessV0(index, scriptCode(), amountAtomic, SIGHASH_FORKID),
      scheme: 'ecdsa',
      commits: true,
    }
  }
  switch (program.kind) {
    case 'P2PKH':
      return { hash: sighashes.legacy(index, script), scheme: 'ecdsa', commits: false }
    case 'P2WPKH':
      return { hash: sighashes.witnessV0(index, scriptCode(), amountAtomic), scheme: 'ecdsa', commits: true }
    case 'P2TR':
      return { hash: sighashes.taproot(index, all), scheme: 'schnorr', commits: true }
    case 'P2SH':
    case 'P2WSH':
      throw unsupported('an input spends a script whose conditions are not known')
    default:
      return program.kind satisfies never
  }
}
