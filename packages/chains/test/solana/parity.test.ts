import { VersionedTransaction } from '@solana/web3.js'
import { expect, test } from 'vitest'
import { decodeSolanaTransaction } from '../../src/solana/decode-solana-transaction.ts'
import type { Effect } from '../../src/transaction/effect.ts'
import { Dice } from './dice.ts'
import { ALL_SHAPES, randomTransaction, type RandomTransaction } from './random-transaction.ts'
import { accountOf } from './shape.ts'

/** A seed and a number of transactions: 10000 is the long run. */
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 400)
console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS)}`)

/** The words for what is not understood are for people. */
const withoutWords = (effect: Effect): object =>
  effect.effect === 'unknown' ? { effect: effect.effect, target: effect.target, at: effect.at } : effect

function compare(transaction: RandomTransaction): void {
  const { compiled, message, payer, instructions, context } = transaction
  const decoded = decodeSolanaTransaction(message, context)
  const signers = compiled.staticAccountKeys.slice(0, compiled.header.numRequiredSignatures).map(accountOf)
  expect(decoded.form).toBe(compiled.version === 0 ? 'solana-v0' : 'solana-legacy')
  expect(decoded.toSign).toEqual([
    { hash: Buffer.from(message).toString('hex'), scheme: 'eddsa', account: accountOf(payer) },
  ])
  expect(decoded.effects.map(withoutWords)).toEqual(transaction.effects)
  expect(decoded.signers).toEqual(signers)
  const maxAtomic = 5_000n * BigInt(signers.length) + transaction.priorityFee
  expect(decoded.fee).toEqual({ maxAtomic, isProven: true, payer: accountOf(payer) })
  expect(decoded.instructions).toEqual(
    instructions.map(({ programId, keys, data }) => ({
      program: accountOf(programId),
      accounts: keys.map(({ pubkey }) => accountOf(pubkey)),
      data: data.toString('hex'),
    })),
  )
  // A transaction without signatures, and one with places for them, hold the same message.
  const places = new VersionedTransaction(compiled).serialize()
  for (const raw of [Uint8Array.of(0, ...message), places])
    expect(decodeSolanaTransaction(raw, context)).toEqual(decoded)
}

test('every transaction that web3.js and spl-token make is read as they made it', { timeout: 600_000 }, () => {
  const dice = new Dice(SEED)
  const seen = new Set<string>()
  for (let number = 0; number < RUNS; number += 1) {
    const transaction = randomTransaction(dice, number)
    for (const name of transaction.names) seen.add(`${name} ${String(transaction.compiled.version)}`)
    try {
      compare(transaction)
    } catch (error) {
      throw new Error(`seed ${String(SEED)}, transaction ${String(number)}: ${transaction.names.join(', ')}`, {
        cause: error,
      })
    }
  }
  // Each shape at least once, and most in both versions.
  expect(seen.size).toBeGreaterThan(ALL_SHAPES.length)
})
