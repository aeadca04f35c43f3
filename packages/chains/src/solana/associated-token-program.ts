import type { Account } from '../transaction/effect.ts'
import type { InstructionReader } from './instruction-reader.ts'
import { instructionForm } from './instruction-form.ts'
import { ByteReader } from './byte-reader.ts'
import type { Instruction } from './read-message.ts'
import { SYSTEM_PROGRAM } from './system-program.ts'
import { RENT } from './sysvars.ts'
import { TOKEN_PROGRAMS } from './token-accounts.ts'

export const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'

const CREATE = 0
const CREATE_IDEMPOTENT = 1

/** Older clients name the rent sysvar behind the others, and the program does not look at it. */
const create = instructionForm(
  {
    payer: 'signer',
    account: 'any',
    owner: 'any',
    mint: 'any',
    system: `=${SYSTEM_PROGRAM}`,
    tokenProgram: 'any',
    rent: `?=${RENT}`,
  },
  [],
  ({ account, owner, mint, tokenProgram }, _, { tokenAccounts, at }) => {
    const program = Object.entries(TOKEN_PROGRAMS).find(([id]) => id === tokenProgram.text)?.[1]
    if (program === undefined || !tokenAccounts.isOf(account, owner.key, mint.key, program)) return undefined
    return [{ effect: 'create-account', account, owner, at }]
  },
)

/**
 * Create (no data, or 0) and CreateIdempotent (1) (spl_associated_token_account_interface): the account has to be the one that is derived
 * from owner, mint and program. The payer pays its rent, which the chain knows and the bytes do not. RecoverNested stays unknown.
 */
export const readAssociatedTokenInstruction: InstructionReader = (instruction, surroundings) => {
  const reader = new ByteReader(instruction.data)
  const number = reader.left === 0 ? CREATE : reader.byte()
  return number === CREATE || number === CREATE_IDEMPOTENT ? create(instruction, reader, surroundings) : undefined
}

/** Whom the transaction creates an account for, as far as it says; that it is his account is derived when it is read. */
export function newOwners(instructions: readonly Instruction[]): readonly Account[] {
  return instructions.flatMap(({ program, accounts: [, , owner] }) =>
    program.text === ASSOCIATED_TOKEN_PROGRAM && owner !== undefined ? [owner.account] : [],
  )
}
