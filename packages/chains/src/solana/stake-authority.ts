import type { Account, Power } from '../transaction/effect.ts'
import { i64, key, option, seed, u32, u64 } from './field.ts'
import { instructionForm, type InstructionForm, type Place } from './instruction-form.ts'
import { CLOCK } from './sysvars.ts'

const clock = `=${CLOCK}`

/** StakeAuthorize: who delegates, and who takes the coins out. */
const AUTHORITIES = ['staker', 'withdrawer']

export const stakeAuthority = (subject: Account, grantee: Account | undefined, detail: string, at: string): Power => ({
  effect: 'power',
  power: 'stake-authority',
  subject,
  ...(grantee !== undefined && { grantee }),
  detail,
  at,
})

/** Whoever keeps a lockup decides when coins may be taken out. What is absent stays as it is. */
export function lockupText(seconds: bigint | undefined, epoch: bigint | undefined): string {
  const parts = [
    ...(seconds === undefined ? [] : [`until second ${seconds.toString()}`]),
    ...(epoch === undefined ? [] : [`until epoch ${epoch.toString()}`]),
  ]
  return ['lockup', ...parts].join(' ')
}

function authorized(stake: Account, grantee: Account, which: number, { at }: Place): readonly Power[] | undefined {
  const detail = AUTHORITIES[which]
  return detail === undefined ? undefined : [stakeAuthority(stake, grantee, detail, at)]
}

/** Authorities and lockups of stake accounts, by number. A custodian signs where a lockup holds. */
export const authorizeForms: Readonly<Record<number, InstructionForm>> = {
  // Authorize.
  1: instructionForm(
    { stake: 'any', clock, authority: 'signer', custodian: 'signer?' },
    [key, u32],
    ({ stake }, [grantee, which], place) => authorized(stake, grantee, which, place),
  ),
  // AuthorizeWithSeed: new authority, which, seed and owner of the present authority, whose base signs.
  8: instructionForm(
    { stake: 'any', base: 'signer', clock, custodian: 'signer?' },
    [key, u32, seed, key],
    ({ stake }, [grantee, which], place) => authorized(stake, grantee, which, place),
  ),
  // AuthorizeChecked.
  10: instructionForm(
    { stake: 'any', clock, authority: 'signer', grantee: 'signer', custodian: 'signer?' },
    [u32],
    ({ stake, grantee }, [which], place) => authorized(stake, grantee, which, place),
  ),
  // AuthorizeCheckedWithSeed.
  11: instructionForm(
    { stake: 'any', base: 'signer', clock, grantee: 'signer', custodian: 'signer?' },
    [u32, seed, key],
    ({ stake, grantee }, [which], place) => authorized(stake, grantee, which, place),
  ),
  // SetLockup: seconds, epoch and custodian, each only if it changes.
  6: instructionForm(
    { stake: 'any', authority: 'signer' },
    [option(i64), option(u64), option(key)],
    ({ stake }, [seconds, epoch, custodian], { at }) => [
      stakeAuthority(stake, custodian, lockupText(seconds, epoch), at),
    ],
  ),
  // SetLockupChecked: a new custodian signs.
  12: instructionForm(
    { stake: 'any', authority: 'signer', custodian: 'signer?' },
    [option(i64), option(u64)],
    ({ stake, custodian }, [seconds, epoch], { at }) => [
      stakeAuthority(stake, custodian, lockupText(seconds, epoch), at),
    ],
  ),
}
