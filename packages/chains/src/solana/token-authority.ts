import type { Effect } from '../transaction/effect.ts'
import { key, option, u8 } from './field.ts'
import { instructionForm, type InstructionForm } from './instruction-form.ts'
import type { TokenProgram } from './token-accounts.ts'

/** spl_token_interface AuthorityType. */
const AUTHORITIES = ['mint tokens', 'freeze account', 'account owner', 'close account']

/** spl_token_2022_interface AuthorityType, behind the same four. */
const AUTHORITIES_2022 = [
  ...AUTHORITIES,
  'transfer fee',
  'withheld fees',
  'close mint',
  'interest rate',
  'permanent delegate',
  'confidential transfer mint',
  'transfer hook',
  'confidential transfer fee',
  'metadata pointer',
  'group pointer',
  'group member pointer',
  'scaled amount',
  'pause',
]

/** Control over mints and token accounts, by number. Freezing and thawing have no word among the effects and stay unknown. */
export const authorityForms = (program: TokenProgram): Readonly<Record<number, InstructionForm>> => ({
  // SetAuthority: which, and an optional new one; none gives the power up for good.
  6: instructionForm(
    { account: 'any', authority: 'signer' },
    [u8, option(key)],
    ({ account }, [which, grantee], { at }): readonly Effect[] | undefined => {
      const detail = (program === 'token' ? AUTHORITIES : AUTHORITIES_2022)[which]
      if (detail === undefined) return undefined
      const to = grantee === undefined ? {} : { grantee }
      return [{ effect: 'power', power: 'token-authority', subject: account, ...to, detail, at }]
    },
  ),
  // CloseAccount: the coins in it go to somebody; how many is not in the bytes.
  9: instructionForm({ account: 'any', grantee: 'any', authority: 'signer' }, [], ({ account, grantee }, _, { at }) => [
    { effect: 'power', power: 'account-close', subject: account, grantee, at },
  ]),
})
