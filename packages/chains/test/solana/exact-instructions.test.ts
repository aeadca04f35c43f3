import { TransactionInstruction, TransactionMessage, type AccountMeta } from '@solana/web3.js'
import { describe, expect, test } from 'vitest'
import { decodeSolanaTransaction, type SolanaContext } from '../../src/solana/decode-solana-transaction.ts'
import type { Effect } from '../../src/transaction/effect.ts'
import { Dice } from './dice.ts'
import { ALL_SHAPES } from './random-transaction.ts'
import { accountOf, type Shape } from './shape.ts'

const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
console.info(`CALLBACK_QUORUM_SEED=${String(SEED)}`)
const dice = new Dice(SEED)
/** Pays and takes no part, so that who signs is said by the instruction alone. */
const SPONSOR = dice.key()
const ROUNDS = 3

interface Understood {
  readonly name: string
  readonly instruction: TransactionInstruction
  readonly context: SolanaContext
}

/** Every single instruction of the shapes that has effects, and is read by its exact form (a memo has none). */
const UNDERSTOOD: readonly Understood[] = Array.from({ length: ROUNDS }, () => ALL_SHAPES)
  .flat()
  .flatMap((make) => understood(make(dice, dice.key())))

function understood({ name, steps, owners = [], mints = [] }: Shape): readonly Understood[] {
  const context = { owners: owners.map((key) => accountOf(key).key), mints: mints.map((key) => accountOf(key).key) }
  return steps
    .filter(({ effects }) => !effects.some(({ effect }) => effect === 'unknown' || effect === 'memo'))
    .map(({ instruction }) => ({ name, instruction, context }))
}

function effectsOf({ instruction, context }: Understood, change: Partial<TransactionInstruction>): readonly Effect[] {
  const { programId, keys, data } = instruction
  const changed = new TransactionInstruction({ programId, keys, data, ...change })
  const message = new TransactionMessage({
    payerKey: SPONSOR,
    recentBlockhash: SPONSOR.toBase58(),
    instructions: [changed],
  })
  return decodeSolanaTransaction(Uint8Array.from(message.compileToLegacyMessage().serialize()), context).effects
}

const isUnknown = (effects: readonly Effect[], { instruction: { programId } }: Understood): void =>
  expect(effects).toMatchObject([{ effect: 'unknown', target: accountOf(programId) }])

describe.each(UNDERSTOOD)('$name', (one) => {
  const { name, instruction } = one
  const { keys, data } = instruction

  test('is understood as it is', () => {
    for (const { effect } of effectsOf(one, {})) expect(effect).not.toBe('unknown')
  })
  test('with a byte more is not understood', () => {
    isUnknown(effectsOf(one, { data: Buffer.concat([data, Buffer.of(0xff)]) }), one)
  })
  // Of CreateIdempotent no data is left, which is Create.
  test.runIf(data.length > 1 || name !== 'Create and TransferChecked')('with a byte less is not understood', () => {
    isUnknown(effectsOf(one, { data: data.subarray(0, -1) }), one)
  })
  test('with another number is not understood as the same', () => {
    const other = Buffer.from(data.length === 0 ? [7] : data)
    other[0] = 0xee
    isUnknown(effectsOf(one, { data: other }), one)
  })
  test('with an account more is not understood', () => {
    const extra: AccountMeta = { pubkey: dice.key(), isSigner: false, isWritable: true }
    isUnknown(effectsOf(one, { keys: [...keys, extra] }), one)
  })
  // A custodian may be left out.
  const isOptional = /^(Authorize|AuthorizeWithSeed|Withdraw)$/.test(name)
  test.runIf(!isOptional)('with an account less is not understood', () => {
    isUnknown(effectsOf(one, { keys: keys.slice(0, -1) }), one)
  })
  const signing = keys.flatMap(({ isSigner }, index) => (isSigner ? [index] : []))
  test.runIf(signing.length > 0).each(signing)('whose account %i does not sign is not understood', (at) => {
    const address = keys[at]?.pubkey
    const unsigned = keys.map((key) => (address?.equals(key.pubkey) ? { ...key, isSigner: false } : key))
    isUnknown(effectsOf(one, { keys: unsigned }), one)
  })
})

test('the shapes hold most instructions, and most of them need a signature', () => {
  expect(UNDERSTOOD.length).toBeGreaterThan(ROUNDS * 25)
  const signed = UNDERSTOOD.filter(({ instruction: { keys } }) => keys.some(({ isSigner }) => isSigner))
  expect(signed.length).toBeGreaterThan(ROUNDS * 20)
})
