import type { Account, Transfer } from '../transaction/effect.ts'
import type { Place } from './instruction-form.ts'
import type { TokenProgram } from './token-accounts.ts'

interface Movement {
  readonly source: Account
  readonly to: Account
  /** Who signs: the owner of the source, or a delegate of it. Which of them is not in the bytes. */
  readonly authority: Account
  readonly mint: Account
  readonly amountAtomic: bigint
  readonly program: TokenProgram
}

/**
 * Tokens that move. `to` is a token account, and `owner` who is behind it. `from` is the one who signs when the source is his associated
 * account, and then he is its owner; otherwise `from` is the source itself, a token account: a delegate takes from somebody else's, and an
 * account with another address is nobody's provably. A mint of Token-2022 may keep a fee: then less arrives than moves.
 */
export function tokenTransfer(
  { source, to, authority, mint, amountAtomic, program }: Movement,
  { tokenAccounts, at }: Place,
): Transfer {
  const owner = tokenAccounts.ownerOf(to, mint, program)
  return {
    effect: 'transfer',
    holding: { kind: 'token', contract: mint },
    from: tokenAccounts.isOf(source, authority.key, mint.key, program) ? authority : source,
    to,
    ...(owner !== undefined && { owner }),
    amountAtomic,
    at,
  }
}
