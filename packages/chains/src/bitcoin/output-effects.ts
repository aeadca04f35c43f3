import { bytesToHex } from '@noble/hashes/utils.js'
import type { Effect } from '../transaction/effect.ts'
import type { Place } from './prevout.ts'
import type { Output } from './read-transaction.ts'
import { scriptAccount } from './script.ts'

/** What the outputs of a transaction do, in their order. Which of them is change, the bytes do not say. */
export const outputEffects = (place: Place, outputs: readonly Output[]): readonly Effect[] =>
  outputs.map((output, index) => effectOf(place, output, `outputs[${String(index)}]`))

const OP_RETURN = 0x6a

function effectOf(place: Place, { script, amountAtomic }: Output, at: string): Effect {
  const to = scriptAccount(place, script)
  if (to !== undefined) return { effect: 'transfer', holding: { kind: 'coin' }, to, amountAtomic, at }
  if (script[0] === OP_RETURN && amountAtomic === 0n)
    return { effect: 'memo', text: `0x${bytesToHex(script.subarray(1))}`, at }
  return { effect: 'unknown', detail: `${amountAtomic.toString()} atomic units to a script that is not standard`, at }
}
