import type { Account, Effect, Power } from '../transaction/effect.ts'
import { i64, key, u64, u32 } from './field.ts'
import { instructionForm, type InstructionForm } from './instruction-form.ts'
import { instructionReader } from './instruction-reader.ts'
import { authorizeForms, lockupText, stakeAuthority } from './stake-authority.ts'
import { CLOCK, RENT, STAKE_HISTORY } from './sysvars.ts'

export const STAKE_PROGRAM = 'Stake11111111111111111111111111111111111111'
const STAKE_CONFIG = 'StakeConfig11111111111111111111111111111111'

const clock = `=${CLOCK}`
const history = `=${STAKE_HISTORY}`
const NOBODY = '11111111111111111111111111111111'

/** Who may do what with a new stake account: whoever can withdraw owns what is put into it. */
const authorities = (stake: Account, staker: Account, withdrawer: Account, at: string): readonly Power[] => [
  stakeAuthority(stake, staker, 'staker', at),
  stakeAuthority(stake, withdrawer, 'withdrawer', at),
]

const lifeForms: Readonly<Record<number, InstructionForm>> = {
  // Initialize: staker, withdrawer, and a lockup (seconds, epoch, custodian) that is all zeros when there is none.
  0: instructionForm(
    { stake: 'any', rent: `=${RENT}` },
    [key, key, i64, u64, key],
    ({ stake }, [staker, withdrawer, seconds, epoch, custodian], { at }): readonly Effect[] => {
      const isFree = seconds === 0n && epoch === 0n && custodian.text === NOBODY
      const lockup = isFree ? [] : [stakeAuthority(stake, custodian, lockupText(seconds, epoch), at)]
      return [...authorities(stake, staker, withdrawer, at), ...lockup]
    },
  ),
  // InitializeChecked.
  9: instructionForm(
    { stake: 'any', rent: `=${RENT}`, staker: 'any', withdrawer: 'signer' },
    [],
    ({ stake, staker, withdrawer }, _, { at }) => authorities(stake, staker, withdrawer, at),
  ),
  // DelegateStake: to the vote account of a validator.
  2: instructionForm(
    { stake: 'any', vote: 'any', clock, history, config: `=${STAKE_CONFIG}`, authority: 'signer' },
    [],
    ({ stake, vote }, _, { at }) => [
      { effect: 'stake', action: 'stake', account: vote, detail: `stake account ${stake.text}`, at },
    ],
  ),
  // Deactivate.
  5: instructionForm({ stake: 'any', clock, authority: 'signer' }, [], ({ stake }, _, { at }) => [
    { effect: 'stake', action: 'unstake', account: stake, at },
  ]),
}

const coinForms: Readonly<Record<number, InstructionForm>> = {
  // Split: the new account has the authorities of the old one.
  3: instructionForm(
    { stake: 'any', account: 'any', authority: 'signer' },
    [u64],
    ({ stake, account }, [amountAtomic], { at }) => [
      { effect: 'stake', action: 'split', account, amountAtomic, detail: `from stake account ${stake.text}`, at },
    ],
  ),
  // Withdraw.
  4: instructionForm(
    { from: 'any', to: 'any', clock, history, authority: 'signer', custodian: 'signer?' },
    [u64],
    ({ from, to }, [amountAtomic], { at }) => [
      { effect: 'transfer', holding: { kind: 'coin' }, from, to, amountAtomic, at },
    ],
  ),
  // Merge: all of the source, whose authorities have to be the same.
  7: instructionForm(
    { account: 'any', source: 'any', clock, history, authority: 'signer' },
    [],
    ({ account, source }, _, { at }) => [
      { effect: 'stake', action: 'merge', account, detail: `from stake account ${source.text}`, at },
    ],
  ),
}

/**
 * By number (solana_stake_interface StakeInstruction, bincode). Sysvars have to stand where they always did: newer versions of the
 * program also take instructions without them, which are another list of accounts. Moving stake between accounts stays unknown.
 */
export const readStakeInstruction = instructionReader(u32, { ...lifeForms, ...coinForms, ...authorizeForms })
