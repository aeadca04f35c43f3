import type { AddressKey } from '../address/address-key.ts'
import type { Account, Effect } from '../transaction/effect.ts'
import type { AccountMeta, Instruction } from './read-message.ts'

/** What readers of instructions may know beside the instruction. */
export interface Surroundings {
  /** Accounts that may own token accounts, and mints: each is tried by derivation, none is believed. */
  readonly owners: readonly AddressKey[]
  readonly mints: readonly AddressKey[]
}

/** The effects of one instruction of a program; undefined when it is not exactly one of those that are understood. */
export type InstructionReader = (instruction: Instruction, surroundings: Surroundings) => readonly Effect[] | undefined

/**
 * The accounts of an instruction, when there are exactly so many and all that must sign do: where a signer is missing, the program
 * reads the instruction in another way or refuses it.
 */
export function accountsOf<const Names extends readonly string[]>(
  { accounts }: Instruction,
  names: Names,
  signers: readonly Names[number][],
): { readonly [Name in Names[number]]: Account } | undefined {
  if (accounts.length !== names.length) return undefined
  const metas = new Map<string, AccountMeta>(names.flatMap((name, index) => pairOf(name, accounts[index])))
  if (signers.some((name) => metas.get(name)?.isSigner !== true)) return undefined
  return Object.fromEntries([...metas].map(([name, { account }]) => [name, account])) as {
    readonly [Name in Names[number]]: Account
  }
}

const pairOf = (name: string, meta: AccountMeta | undefined): readonly (readonly [string, AccountMeta])[] =>
  meta === undefined ? [] : [[name, meta]]
