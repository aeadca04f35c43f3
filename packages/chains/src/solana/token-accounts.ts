import { hexToBytes } from '@noble/hashes/utils.js'
import type { AddressKey } from '../address/address-key.ts'
import { associatedTokenAccount } from '../address/solana-token-account.ts'
import { tooLarge } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'
import { DERIVATIONS_MAX } from './limits.ts'
import { solanaAccount } from './solana-account.ts'

export const TOKEN_PROGRAMS = {
  TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA: 'token',
  TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb: 'token-2022',
} as const
export type TokenProgram = (typeof TOKEN_PROGRAMS)[keyof typeof TOKEN_PROGRAMS]

/**
 * Who and what is behind a token account, by deriving the associated account again: candidates are tried and never believed. An owner
 * may have handed his associated account to somebody else (SetAuthority) before: that is not in the bytes, and was his own doing.
 */
export class TokenAccounts {
  readonly #owners: Set<AddressKey>
  readonly #mints: Set<AddressKey>
  readonly #derived = new Map<string, AddressKey>()

  constructor(owners: readonly AddressKey[], mints: readonly AddressKey[]) {
    this.#owners = new Set(owners.filter(isSolanaKey))
    this.#mints = new Set(mints.filter(isSolanaKey))
  }

  /** One more owner to try: one for whom this very transaction creates an account. */
  addOwner({ key }: Account): void {
    this.#owners.add(key)
  }

  isOf(account: Account, owner: AddressKey, mint: AddressKey, program: TokenProgram): boolean {
    return this.#derive(owner, mint, program) === account.key
  }

  ownerOf(account: Account, mint: Account, program: TokenProgram): Account | undefined {
    return accountOf([...this.#owners].find((owner) => this.isOf(account, owner, mint.key, program)))
  }

  /** The mint of this owner's account; undefined: what it holds is not known. */
  mintOf(account: Account, owner: Account, program: TokenProgram): Account | undefined {
    return accountOf([...this.#mints].find((mint) => this.isOf(account, owner.key, mint, program)))
  }

  #derive(owner: AddressKey, mint: AddressKey, program: TokenProgram): AddressKey {
    const question = `${owner} ${mint} ${program}`
    const known = this.#derived.get(question)
    if (known !== undefined) return known
    if (this.#derived.size >= DERIVATIONS_MAX)
      throw tooLarge(`more than ${String(DERIVATIONS_MAX)} candidates for the accounts of tokens`)
    const derived = associatedTokenAccount(owner, mint, program)
    this.#derived.set(question, derived)
    return derived
  }
}

/** A candidate of another chain is nobody's here. */
const isSolanaKey = (candidate: AddressKey): boolean => /^ed32:[0-9a-f]{64}$/.test(candidate)

const accountOf = (key: AddressKey | undefined): Account | undefined =>
  key && solanaAccount(hexToBytes(key.slice('ed32:'.length)))
