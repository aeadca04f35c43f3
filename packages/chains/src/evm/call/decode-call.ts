import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Account, Effect } from '../../transaction/effect.ts'
import { decodeParameters, parseSignature, type AbiType } from './abi.ts'
import { BATCH_FUNCTIONS } from './batches.ts'
import { COLLECTIBLE_FUNCTIONS } from './collectibles.ts'
import { CONTROL_FUNCTIONS } from './control.ts'
import { FUNGIBLE_FUNCTIONS } from './fungible.ts'
import { SAFE_FUNCTIONS } from './safe.ts'
import { Parameters, type AccountOf, type Call, type KnownFunction, type Scope } from './scope.ts'

/** A Safe transaction with a batch of multicalls is three deep. Deeper is a hiding place. */
const CALL_DEPTH_MAX = 5
/** Calls in one transaction, all batches together: as many ERC-20 transfers fit into 128 KiB many times over. */
const CALLS_MAX = 512

interface Entry {
  readonly types: readonly AbiType[]
  readonly known: KnownFunction
}

/** By selector, the first four bytes of the keccak-256 of the signature. */
const FUNCTIONS: ReadonlyMap<string, Entry> = new Map(
  [...FUNGIBLE_FUNCTIONS, ...COLLECTIBLE_FUNCTIONS, ...CONTROL_FUNCTIONS, ...SAFE_FUNCTIONS, ...BATCH_FUNCTIONS].map(
    (known) => [selectorOf(known.signature), { known, types: parseSignature(known.signature).types }],
  ),
)

/** Eight lower-case hex digits. */
export function selectorOf(signature: string): string {
  return bytesToHex(keccak_256(utf8ToBytes(signature)).subarray(0, 4))
}

/**
 * What a call does, by its data. Coins that go along are an effect of their own. What is not understood, or not in its canonical
 * encoding, is `unknown`, never nothing. `from`: who calls, where the bytes say so; absent: the account that signs.
 */
export function decodeCall(call: Call, accountOf: AccountOf, from?: Account): readonly Effect[] {
  return decodeInside(call, from, accountOf, 0, { left: CALLS_MAX })
}

function decodeInside(
  call: Call,
  from: Account | undefined,
  accountOf: AccountOf,
  depth: number,
  budget: { left: number },
): readonly Effect[] {
  const { to, valueAtomic, data, at } = call
  const unknown = (detail: string): readonly Effect[] => [
    {
      effect: 'unknown',
      target: to,
      ...(data.length >= 4 && { selector: bytesToHex(data.subarray(0, 4)) }),
      detail,
      at,
    },
  ]
  if (depth > CALL_DEPTH_MAX) return unknown(`calls nested deeper than ${String(CALL_DEPTH_MAX)}`)
  if (budget.left === 0) return unknown(`more than ${String(CALLS_MAX)} calls`)
  budget.left -= 1

  const coins: readonly Effect[] =
    valueAtomic > 0n || data.length === 0
      ? [
          {
            effect: 'transfer',
            holding: { kind: 'coin' },
            ...(from !== undefined && { from }),
            to,
            amountAtomic: valueAtomic,
            at,
          },
        ]
      : []
  if (data.length === 0) return coins
  if (data.length < 4) return [...coins, ...unknown('call data shorter than a selector')]

  const entry = FUNCTIONS.get(bytesToHex(data.subarray(0, 4)))
  if (entry === undefined) return [...coins, ...unknown('a function that is not known')]
  const { known, types } = entry
  const values = decodeParameters(types, data.subarray(4))
  if (values === undefined) return [...coins, ...unknown(`the call data of ${known.signature} is not canonical`)]
  if (valueAtomic > 0n && known.isPayable !== true)
    return [...coins, ...unknown(`coins go along with ${known.signature}, which takes none`)]
  const scope: Scope = {
    call,
    accountOf,
    ...(from !== undefined && { from }),
    inside: (nested, caller = from) => decodeInside(nested, caller, accountOf, depth + 1, budget),
    unknown,
  }
  return [...coins, ...known.effects(new Parameters(values, accountOf), scope)]
}
