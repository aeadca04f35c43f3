import { createHash } from 'node:crypto'
import { PublicKey, SystemProgram, type TransactionInstruction } from '@solana/web3.js'
import type { Dice } from './dice.ts'
import { accountOf, one, type Expected, type Shape } from './shape.ts'

const coin = { kind: 'coin' } as const
const SEED = 'a seed'

/** As PublicKey.createWithSeed, which only answers later. */
const seeded = (base: PublicKey, owner: PublicKey): PublicKey =>
  new PublicKey(createHash('sha256').update(base.toBuffer()).update(SEED).update(owner.toBuffer()).digest())

const small = (dice: Dice): number => Number(dice.amount(53))

const power = (power: 'account-owner' | 'nonce-authority', subject: PublicKey, grantee: PublicKey): Expected => ({
  effect: 'power',
  power,
  subject: accountOf(subject),
  grantee: accountOf(grantee),
})

/** Every instruction of the System program that web3.js makes. */
export const SYSTEM_SHAPES: readonly ((dice: Dice, payer: PublicKey) => Shape)[] = [
  (dice, payer) => {
    const [from, to] = [dice.isHeads() ? payer : dice.key(), dice.key()]
    const lamports = dice.amount()
    return one('Transfer', SystemProgram.transfer({ fromPubkey: from, toPubkey: to, lamports }), {
      effect: 'transfer',
      holding: coin,
      from: accountOf(from),
      to: accountOf(to),
      amountAtomic: lamports,
    })
  },
  (dice, payer) => {
    const [base, owner, to] = [dice.isHeads() ? payer : dice.key(), dice.key(), dice.key()]
    const [from, lamports] = [seeded(base, owner), dice.amount()]
    const instruction = SystemProgram.transfer({
      fromPubkey: from,
      basePubkey: base,
      toPubkey: to,
      lamports,
      seed: SEED,
      programId: owner,
    })
    return one('TransferWithSeed', instruction, {
      effect: 'transfer',
      holding: coin,
      from: accountOf(from),
      to: accountOf(to),
      amountAtomic: lamports,
    })
  },
  (dice, payer) => {
    const [account, owner, lamports] = [dice.key(), dice.key(), small(dice)]
    const instruction = SystemProgram.createAccount({
      fromPubkey: payer,
      newAccountPubkey: account,
      lamports,
      space: dice.below(10_000),
      programId: owner,
    })
    return one('CreateAccount', instruction, created(account, owner, lamports))
  },
  (dice, payer) => {
    const [owner, base, lamports] = [dice.key(), dice.isHeads() ? payer : dice.key(), small(dice)]
    const account = seeded(base, owner)
    const instruction = SystemProgram.createAccountWithSeed({
      fromPubkey: payer,
      newAccountPubkey: account,
      basePubkey: base,
      seed: SEED,
      lamports,
      space: dice.below(10_000),
      programId: owner,
    })
    return one('CreateAccountWithSeed', instruction, created(account, owner, lamports))
  },
  (dice) => {
    const [account, owner] = [dice.key(), dice.key()]
    const instruction = SystemProgram.assign({ accountPubkey: account, programId: owner })
    return one('Assign', instruction, power('account-owner', account, owner))
  },
  (dice) => {
    const [base, owner] = [dice.key(), dice.key()]
    const [account, seed] = [seeded(base, owner), SEED]
    const instruction = SystemProgram.assign({ accountPubkey: account, basePubkey: base, seed, programId: owner })
    return one('AssignWithSeed', instruction, power('account-owner', account, owner))
  },
  (dice) => {
    const [account, space] = [dice.key(), dice.below(10_000)]
    const detail = `${String(space)} bytes allocated`
    return one('Allocate', SystemProgram.allocate({ accountPubkey: account, space }), {
      effect: 'power',
      power: 'account-owner',
      subject: accountOf(account),
      detail,
    })
  },
  (dice) => {
    const [base, owner, space] = [dice.key(), dice.key(), dice.below(10_000)]
    const account = seeded(base, owner)
    const place = { accountPubkey: account, basePubkey: base, seed: SEED, space, programId: owner }
    return one('AllocateWithSeed', SystemProgram.allocate(place), power('account-owner', account, owner))
  },
  (dice, payer) => {
    const account = dice.key()
    return one('AdvanceNonceAccount', advanceNonce(account, payer), { effect: 'nonce', account: accountOf(account) })
  },
  (dice) => {
    const [nonce, authority, to, lamports] = [dice.key(), dice.key(), dice.key(), small(dice)]
    const instruction = SystemProgram.nonceWithdraw({
      noncePubkey: nonce,
      authorizedPubkey: authority,
      toPubkey: to,
      lamports,
    })
    const [from, grantee] = [accountOf(nonce), accountOf(to)]
    return one(
      'WithdrawNonceAccount',
      instruction,
      { effect: 'power', power: 'nonce-withdraw', subject: from, grantee },
      { effect: 'transfer', holding: coin, from, to: grantee, amountAtomic: BigInt(lamports) },
    )
  },
  (dice) => {
    const [nonce, authority, next] = [dice.key(), dice.key(), dice.key()]
    const instruction = SystemProgram.nonceAuthorize({
      noncePubkey: nonce,
      authorizedPubkey: authority,
      newAuthorizedPubkey: next,
    })
    return one('AuthorizeNonceAccount', instruction, power('nonce-authority', nonce, next))
  },
  (dice, payer) => {
    const [nonce, authority, lamports] = [dice.key(), dice.key(), small(dice)]
    const [create, initialize] = SystemProgram.createNonceAccount({
      fromPubkey: payer,
      noncePubkey: nonce,
      authorizedPubkey: authority,
      lamports,
    }).instructions
    if (create === undefined || initialize === undefined) throw new Error('web3.js makes two instructions')
    return {
      name: 'InitializeNonceAccount',
      steps: [
        { instruction: create, effects: [created(nonce, SystemProgram.programId, lamports)] },
        { instruction: initialize, effects: [power('nonce-authority', nonce, authority)] },
      ],
    }
  },
]

export const advanceNonce = (noncePubkey: PublicKey, authorizedPubkey: PublicKey): TransactionInstruction =>
  SystemProgram.nonceAdvance({ noncePubkey, authorizedPubkey })

export const created = (account: PublicKey, owner: PublicKey, lamports: number): Expected => ({
  effect: 'create-account',
  account: accountOf(account),
  owner: accountOf(owner),
  amountAtomic: BigInt(lamports),
})
