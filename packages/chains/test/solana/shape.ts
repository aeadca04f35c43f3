import type { PublicKey, TransactionInstruction } from '@solana/web3.js'
import type { Account, Effect } from '../../src/transaction/effect.ts'

type WithoutPlace<T> = T extends unknown ? Omit<T, 'at'> : never

/** What one instruction should be read as. Of what is not understood the words are not compared. */
export type Expected = WithoutPlace<Exclude<Effect, { effect: 'unknown' }>> | { effect: 'unknown'; target: Account }

/** Instructions as a library makes them, and what each of them does. */
export interface Shape {
  readonly name: string
  readonly steps: readonly { readonly instruction: TransactionInstruction; readonly effects: readonly Expected[] }[]
  /** Candidates that a caller would know. */
  readonly owners?: readonly PublicKey[]
  readonly mints?: readonly PublicKey[]
}

/** By web3.js, not by the code under test. */
export const accountOf = (address: PublicKey): Account => ({
  key: `ed32:${address.toBuffer().toString('hex')}` as Account['key'],
  text: address.toBase58(),
})

export const unknownOf = (program: PublicKey): Expected => ({ effect: 'unknown', target: accountOf(program) })

export const one = (name: string, instruction: TransactionInstruction, ...effects: readonly Expected[]): Shape => ({
  name,
  steps: [{ instruction, effects }],
})
