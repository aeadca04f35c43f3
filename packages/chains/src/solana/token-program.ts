import type { Account, Effect, Holding } from '../transaction/effect.ts'
import { key, u64, u8 } from './field.ts'
import { instructionForm, type InstructionForm, type Place } from './instruction-form.ts'
import { instructionReader, type InstructionReader } from './instruction-reader.ts'
import { RENT } from './sysvars.ts'
import type { TokenProgram } from './token-accounts.ts'
import { authorityForms } from './token-authority.ts'
import { extensionForms } from './token-extensions.ts'
import { tokenTransfer } from './token-transfer.ts'

type Forms = Readonly<Record<number, InstructionForm>>

/** Half of what 64 bits hold, and more than the supply of any token worth taking; 2^64 - 1 is what clients write for "without end". */
const UNLIMITED_MIN = 2n ** 63n

const token = (mint: Account): Holding => ({ kind: 'token', contract: mint })

/**
 * SPL Token and the base instructions of Token-2022, by number (spl_token_interface TokenInstruction). An authority that is a multisig has
 * its signers behind it: then there are more accounts, and the instruction is not understood. So it is with a mint of Token-2022 whose
 * hook is called at every transfer. Decimals beside an amount are compared with those of the mint by the program, which refuses others.
 */
export function tokenReader(program: TokenProgram): InstructionReader {
  return instructionReader(u8, {
    ...newAccountForms,
    ...transferForms(program),
    ...allowanceForms(program),
    ...supplyForms(program),
    ...authorityForms(program),
    ...(program === 'token-2022' && extensionForms),
  })
}

const created = (account: Account, owner: Account, at: string): readonly Effect[] => [
  { effect: 'create-account', account, owner, at },
]

const newAccountForms: Forms = {
  // InitializeAccount, InitializeAccount2, InitializeAccount3.
  1: instructionForm(
    { account: 'any', mint: 'any', owner: 'any', rent: `=${RENT}` },
    [],
    ({ account, owner }, _, { at }) => created(account, owner, at),
  ),
  16: instructionForm({ account: 'any', mint: 'any', rent: `=${RENT}` }, [key], ({ account }, [owner], { at }) =>
    created(account, owner, at),
  ),
  18: instructionForm({ account: 'any', mint: 'any' }, [key], ({ account }, [owner], { at }) =>
    created(account, owner, at),
  ),
  // SyncNative: the program counts the coins that an account of wrapped coins has already. Anybody may, nothing moves and nobody gets control.
  17: instructionForm({ account: 'any' }, [], () => []),
  // InitializeImmutableOwner: an account that is not in use yet can never be handed over.
  22: instructionForm({ account: 'any' }, [], () => []),
}

const transferForms = (program: TokenProgram): Forms => ({
  // Transfer: the mint is not in the bytes.
  3: instructionForm(
    { source: 'any', to: 'any', authority: 'signer' },
    [u64],
    ({ source, to, authority }, [amountAtomic], place) => {
      const mint = place.tokenAccounts.mintOf(source, authority, program)
      return mint && [tokenTransfer({ source, to, authority, mint, amountAtomic, program }, place)]
    },
  ),
  // TransferChecked.
  12: instructionForm(
    { source: 'any', mint: 'any', to: 'any', authority: 'signer' },
    [u64, u8],
    ({ source, mint, to, authority }, [amountAtomic], place) => [
      tokenTransfer({ source, to, authority, mint, amountAtomic, program }, place),
    ],
  ),
})

/** Only the owner of a token account may let others take from it, so that the one who signs is the owner. */
const allowanceForms = (program: TokenProgram): Forms => ({
  // Approve: the mint is not in the bytes.
  4: instructionForm(
    { source: 'any', spender: 'any', owner: 'signer' },
    [u64],
    ({ source, spender, owner }, [amountAtomic], place) => {
      const mint = place.tokenAccounts.mintOf(source, owner, program)
      return mint && [allowance({ mint, owner, spender, amountAtomic }, place)]
    },
  ),
  // Revoke: nor is the spender, so that the owner stands for "nobody else".
  5: instructionForm({ source: 'any', owner: 'signer' }, [], ({ source, owner }, _, place) => {
    const mint = place.tokenAccounts.mintOf(source, owner, program)
    return mint && [allowance({ mint, owner, spender: owner, amountAtomic: 0n }, place)]
  }),
  // ApproveChecked.
  13: instructionForm(
    { source: 'any', mint: 'any', spender: 'any', owner: 'signer' },
    [u64, u8],
    ({ mint, spender, owner }, [amountAtomic], place) => [allowance({ mint, owner, spender, amountAtomic }, place)],
  ),
})

function allowance(
  {
    mint,
    owner,
    spender,
    amountAtomic,
  }: Readonly<Record<'mint' | 'owner' | 'spender', Account>> & { amountAtomic: bigint },
  { at }: Place,
): Effect {
  const isUnlimited = amountAtomic >= UNLIMITED_MIN
  return { effect: 'allowance', holding: token(mint), owner, spender, mode: 'set', amountAtomic, isUnlimited, at }
}

function supplyForms(program: TokenProgram): Forms {
  const burn = { account: 'any', mint: 'any', authority: 'signer' } as const
  const burnt = (
    { account, mint, authority }: Readonly<Record<keyof typeof burn, Account>>,
    amountAtomic: bigint,
    { tokenAccounts, at }: Place,
  ): readonly Effect[] => {
    // As in a transfer: the owner where that is proven, otherwise the token account.
    const from = tokenAccounts.isOf(account, authority.key, mint.key, program) ? authority : account
    return [{ effect: 'burn', holding: token(mint), from, amountAtomic, at }]
  }
  // Tokens that come into being are taken from nobody: the mint stands where the payer would.
  const mint = { mint: 'any', to: 'any', authority: 'signer' } as const
  const minted = (
    { mint: source, to, authority }: Readonly<Record<keyof typeof mint, Account>>,
    amountAtomic: bigint,
    place: Place,
  ): readonly Effect[] => [tokenTransfer({ source, to, authority, mint: source, amountAtomic, program }, place)]
  return {
    // MintTo and MintToChecked, Burn and BurnChecked.
    7: instructionForm(mint, [u64], (accounts, [amount], place) => minted(accounts, amount, place)),
    14: instructionForm(mint, [u64, u8], (accounts, [amount], place) => minted(accounts, amount, place)),
    8: instructionForm(burn, [u64], (accounts, [amount], place) => burnt(accounts, amount, place)),
    15: instructionForm(burn, [u64, u8], (accounts, [amount], place) => burnt(accounts, amount, place)),
  }
}
