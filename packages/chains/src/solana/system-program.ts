import type { Account, Power } from '../transaction/effect.ts'
import { key, seed, u32, u64 } from './field.ts'
import { instructionForm } from './instruction-form.ts'
import { instructionReader } from './instruction-reader.ts'
import { seededAccount } from './seeded-account.ts'
import { RECENT_BLOCKHASHES, RENT } from './sysvars.ts'

export const SYSTEM_PROGRAM = '11111111111111111111111111111111'

const coin = { kind: 'coin' } as const

const assigned = (subject: Account, grantee: Account, at: string): readonly Power[] => [
  { effect: 'power', power: 'account-owner', subject, grantee, at },
]

const nonceAuthority = (subject: Account, grantee: Account, at: string): readonly Power[] => [
  { effect: 'power', power: 'nonce-authority', subject, grantee, at },
]

/** By number (solana_system_interface SystemInstruction, bincode). What is derived from a seed is derived again, as the program does. */
export const readSystemInstruction = instructionReader(u32, {
  // CreateAccount: coins, bytes, owning program.
  0: instructionForm(
    { from: 'signer', account: 'signer' },
    [u64, u64, key],
    ({ account }, [amountAtomic, , owner], { at }) => [{ effect: 'create-account', account, owner, amountAtomic, at }],
  ),
  // Assign.
  1: instructionForm({ account: 'signer' }, [key], ({ account }, [owner], { at }) => assigned(account, owner, at)),
  // Transfer.
  2: instructionForm({ from: 'signer', to: 'any' }, [u64], ({ from, to }, [amountAtomic], { at }) => [
    { effect: 'transfer', holding: coin, from, to, amountAtomic, at },
  ]),
  // CreateAccountWithSeed: base, seed, coins, bytes, owning program. The base stands among the accounts unless it pays.
  3: instructionForm(
    { from: 'signer', account: 'any', signingBase: 'signer?' },
    [key, seed, u64, u64, key],
    ({ from, account, signingBase = from }, [base, bytes, amountAtomic, , owner], { at }) =>
      signingBase.key === base.key && seededAccount(base, bytes, owner).key === account.key
        ? [{ effect: 'create-account', account, owner, amountAtomic, at }]
        : undefined,
  ),
  // AdvanceNonceAccount: as the first instruction it says that the transaction does not expire.
  4: instructionForm(
    { account: 'any', recent: `=${RECENT_BLOCKHASHES}`, authority: 'signer' },
    [],
    ({ account }, _, { at }) => [{ effect: 'nonce', account, at }],
  ),
  // WithdrawNonceAccount.
  5: instructionForm(
    { from: 'any', to: 'any', recent: `=${RECENT_BLOCKHASHES}`, rent: `=${RENT}`, authority: 'signer' },
    [u64],
    ({ from, to }, [amountAtomic], { at }) => [
      { effect: 'power', power: 'nonce-withdraw', subject: from, grantee: to, at },
      { effect: 'transfer', holding: coin, from, to, amountAtomic, at },
    ],
  ),
  // InitializeNonceAccount.
  6: instructionForm(
    { account: 'any', recent: `=${RECENT_BLOCKHASHES}`, rent: `=${RENT}` },
    [key],
    ({ account }, [authority], { at }) => nonceAuthority(account, authority, at),
  ),
  // AuthorizeNonceAccount.
  7: instructionForm({ account: 'any', authority: 'signer' }, [key], ({ account }, [authority], { at }) =>
    nonceAuthority(account, authority, at),
  ),
  // Allocate: nobody gets anything, and an account with data can no longer pay by Transfer, so that a wallet is locked.
  8: instructionForm({ account: 'signer' }, [u64], ({ account }, [bytes], { at }) => [
    { effect: 'power', power: 'account-owner', subject: account, detail: `${bytes.toString()} bytes allocated`, at },
  ]),
  // AllocateWithSeed: base, seed, bytes, owning program. It assigns too.
  9: instructionForm(
    { account: 'any', signingBase: 'signer' },
    [key, seed, u64, key],
    ({ account, signingBase }, [base, bytes, , owner], { at }) =>
      signingBase.key === base.key && seededAccount(base, bytes, owner).key === account.key
        ? assigned(account, owner, at)
        : undefined,
  ),
  // AssignWithSeed: base, seed, owning program.
  10: instructionForm(
    { account: 'any', signingBase: 'signer' },
    [key, seed, key],
    ({ account, signingBase }, [base, bytes, owner], { at }) =>
      signingBase.key === base.key && seededAccount(base, bytes, owner).key === account.key
        ? assigned(account, owner, at)
        : undefined,
  ),
  // TransferWithSeed: coins, seed, owning program of the account that pays.
  11: instructionForm(
    { from: 'any', base: 'signer', to: 'any' },
    [u64, seed, key],
    ({ from, base, to }, [amountAtomic, bytes, owner], { at }) =>
      seededAccount(base, bytes, owner).key === from.key
        ? [{ effect: 'transfer', holding: coin, from, to, amountAtomic, at }]
        : undefined,
  ),
  // UpgradeNonceAccount: a nonce of the old form becomes one of the new form. Anybody may.
  12: instructionForm({ account: 'any' }, [], ({ account }, _, { at }) => [{ effect: 'nonce', account, at }]),
})
