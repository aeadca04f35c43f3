import { ChainsFault } from '../faults.ts'
import type { Account, Effect } from '../transaction/effect.ts'
import type { ByteReader } from './byte-reader.ts'
import type { Field } from './field.ts'
import type { AccountMeta, Instruction } from './read-message.ts'
import type { TokenAccounts } from './token-accounts.ts'

/**
 * Who an account of an instruction has to be. `signer`: the message requires its signature, without which the program refuses, or takes
 * the account for something else. `=` and an address: that very account. With `?`: it may be left out at the end.
 */
export type Role = 'any' | 'any?' | 'signer' | 'signer?' | `=${string}` | `?=${string}`

/** By the names that the effects know them by, in the order of the instruction. */
type Roles = Readonly<Record<string, Role>>
type Accounts<R extends Roles> = {
  readonly [Name in keyof R]: R[Name] extends `${string}?${string}` ? Account | undefined : Account
}
type Values<F extends readonly Field<unknown>[]> = { readonly [I in keyof F]: F[I] extends Field<infer T> ? T : never }

/** What readers of instructions know beside the instruction. */
export interface Surroundings {
  readonly tokenAccounts: TokenAccounts
}

/** Where an instruction stands, and what surrounds it. */
export type Place = Surroundings & { readonly at: string }

/** The effects of one instruction, behind the number that says which it is; undefined when it is not exactly of this form. */
export type InstructionForm = (
  instruction: Instruction,
  reader: ByteReader,
  surroundings: Surroundings,
) => readonly Effect[] | undefined

/**
 * One kind of instruction: exactly these accounts and exactly these fields, and nothing behind them. Programs ignore what is too much,
 * but then the instruction is not the one that was understood.
 */
export function instructionForm<const R extends Roles, const F extends readonly Field<unknown>[]>(
  roles: R,
  fields: F,
  effects: (accounts: Accounts<R>, values: Values<F>, place: Place) => readonly Effect[] | undefined,
): InstructionForm {
  return (instruction, reader, surroundings) => {
    const accounts = accountsOf(instruction.accounts, roles)
    const values = accounts && valuesOf(reader, fields)
    return values && effects(accounts, values, { ...surroundings, at: instruction.at })
  }
}

function accountsOf<R extends Roles>(metas: readonly AccountMeta[], roles: R): Accounts<R> | undefined {
  const wanted = Object.entries(roles)
  if (metas.length > wanted.length) return undefined
  const fits = wanted.every(([, role], index) => {
    const meta = metas[index]
    return meta === undefined ? role.includes('?') : isFit(meta, role)
  })
  if (!fits) return undefined
  return Object.fromEntries(wanted.map(([name], index) => [name, metas[index]?.account])) as Accounts<R>
}

function isFit({ account, isSigner }: AccountMeta, role: Role): boolean {
  if (role.startsWith('signer')) return isSigner
  const [, text] = role.split('=')
  return text === undefined || account.text === text
}

function valuesOf<F extends readonly Field<unknown>[]>(reader: ByteReader, fields: F): Values<F> | undefined {
  try {
    const values = fields.map((field) => field(reader)) as Values<F>
    return reader.left === 0 ? values : undefined
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
