import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Account, Effect } from '../../transaction/effect.ts'
import { decodeParameters, parseSignature, type AbiType } from './abi.ts'
import { BATCH_FUNCTIONS } from './batches.ts'
import { COLLECTIBLE_FUNCTIONS } from './collectibles.ts'
import { CONTROL_FUNCTIONS } from './control.ts'
import { FUNGIBLE_FUNCTIONS } from './fungible.ts'
import { MULTI_SEND_FUNCTIONS } from './multi-send.ts'
import { PERMIT2_FUNCTIONS } from './permit2.ts'
import { SAFE_SETTINGS_FUNCTIONS } from './safe-settings.ts'
import { SAFE_FUNCTIONS } from './safe.ts'
import { Parameters, type AccountOf, type Call, type KnownFunction } from './scope.ts'
import { WRAPPED_COIN_FUNCTIONS } from './wrapped-coin.ts'

/** A Safe transaction with a batch of multicalls is three deep. Deeper is a hiding place. */
const CALL_DEPTH_MAX = 5
/** Calls in one transaction, all batches together: the most that people can be asked to look at, and far more than payrolls have. */
const CALLS_MAX = 512
const SELECTOR_BYTES = 4

export const KNOWN_FUNCTIONS: readonly KnownFunction[] = [
  ...FUNGIBLE_FUNCTIONS,
  ...WRAPPED_COIN_FUNCTIONS,
  ...PERMIT2_FUNCTIONS,
  ...COLLECTIBLE_FUNCTIONS,
  ...CONTROL_FUNCTIONS,
  ...SAFE_FUNCTIONS,
  ...SAFE_SETTINGS_FUNCTIONS,
  ...BATCH_FUNCTIONS,
  ...MULTI_SEND_FUNCTIONS,
]

interface Entry {
  readonly types: readonly AbiType[]
  readonly known: KnownFunction
}

/** By selector, the first four bytes of the keccak-256 of the signature. */
const ENTRIES: ReadonlyMap<string, Entry> = new Map(
  KNOWN_FUNCTIONS.map((known) => [
    selectorOf(known.signature),
    { known, types: parseSignature(known.signature).types },
  ]),
)

/** Eight lower-case hex digits. */
export function selectorOf(signature: string): string {
  return bytesToHex(keccak_256(utf8ToBytes(signature)).subarray(0, SELECTOR_BYTES))
}

/** What all calls of one transaction share. */
interface Run {
  readonly accountOf: AccountOf
  callsLeft: number
}

/**
 * What a call does, by its data. Coins that go along are an effect of their own. What is not understood, or not in its canonical
 * encoding, is `unknown`, never nothing. `from`: who calls, where the bytes say so; absent: the account that signs.
 */
export function decodeCall(call: Call, accountOf: AccountOf, from?: Account): readonly Effect[] {
  return decodeInside(call, from, { accountOf, callsLeft: CALLS_MAX }, 0)
}

function decodeInside(call: Call, from: Account | undefined, run: Run, depth: number): readonly Effect[] {
  const { valueAtomic, data, isDelegated = false } = call
  const unknown = (detail: string): readonly Effect[] => [unknownEffect(call, detail)]
  if (depth > CALL_DEPTH_MAX) return unknown(`calls nested deeper than ${String(CALL_DEPTH_MAX)}`)
  if (run.callsLeft === 0) return unknown(`more than ${String(CALLS_MAX)} calls`)
  run.callsLeft -= 1

  const hasCoins = !isDelegated && (valueAtomic > 0n || data.length === 0)
  const coins = hasCoins ? [coinTransfer(call, from)] : []
  if (data.length === 0) return isDelegated ? unknown('a delegatecall without data') : coins
  if (data.length < SELECTOR_BYTES) return [...coins, ...unknown('call data shorter than a selector')]

  const entry = ENTRIES.get(bytesToHex(data.subarray(0, SELECTOR_BYTES)))
  if (entry === undefined) return [...coins, ...unknown('a function that is not known')]
  const { known, types } = entry
  if (isDelegated && known.isLibrary !== true)
    return unknown(`a delegatecall of ${known.signature}, which is not made for that`)
  const values = decodeParameters(types, data.subarray(SELECTOR_BYTES))
  if (values === undefined) return [...coins, ...unknown(`the call data of ${known.signature} is not canonical`)]
  if (valueAtomic > 0n && known.isPayable !== true)
    return [...coins, ...unknown(`coins go along with ${known.signature}, which takes none`)]

  const effects = known.effects(new Parameters(values, run.accountOf), {
    call,
    accountOf: run.accountOf,
    ...(from !== undefined && { from }),
    inside: (nested, caller = from) => decodeInside(nested, caller, run, depth + 1),
    unknown,
  })
  // An empty batch is still a call, and what comes of it, only the contract knows.
  return [...coins, ...(effects.length > 0 ? effects : unknown(`${known.signature} of nothing`))]
}

function coinTransfer({ to, valueAtomic, at }: Call, from: Account | undefined): Effect {
  return {
    effect: 'transfer',
    holding: { kind: 'coin' },
    ...(from !== undefined && { from }),
    to,
    amountAtomic: valueAtomic,
    at,
  }
}

function unknownEffect({ to, data, at }: Call, detail: string): Effect {
  const hasSelector = data.length >= SELECTOR_BYTES
  return {
    effect: 'unknown',
    target: to,
    ...(hasSelector && { selector: bytesToHex(data.subarray(0, SELECTOR_BYTES)) }),
    detail,
    at,
  }
}
