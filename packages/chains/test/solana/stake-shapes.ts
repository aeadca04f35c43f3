import { Authorized, Lockup, type PublicKey, StakeAuthorizationLayout, StakeProgram } from '@solana/web3.js'
import type { Dice } from './dice.ts'
import { accountOf, one, type Expected, type Shape } from './shape.ts'
import { created } from './system-shapes.ts'

const authority = (stake: PublicKey, grantee: PublicKey, detail: string): Expected => ({
  effect: 'power',
  power: 'stake-authority',
  subject: accountOf(stake),
  grantee: accountOf(grantee),
  detail,
})

const KINDS = [
  [StakeAuthorizationLayout.Staker, 'staker'],
  [StakeAuthorizationLayout.Withdrawer, 'withdrawer'],
] as const

/** Where web3.js makes a transaction of one instruction, that one. */
function only<T>(instructions: readonly T[]): T {
  const [first, second] = instructions
  if (first === undefined || second !== undefined) throw new Error('web3.js makes one instruction')
  return first
}

/** Instructions of the stake program that web3.js makes. */
export const STAKE_SHAPES: readonly ((dice: Dice, payer: PublicKey) => Shape)[] = [
  (dice, payer) => {
    const [stake, staker, withdrawer, custodian] = [dice.key(), dice.key(), dice.key(), dice.key()]
    const [lamports, seconds, epoch] = [Number(dice.amount(53)), Number(dice.amount(40)), Number(dice.amount(20))]
    const lockup = dice.isHeads() ? new Lockup(seconds, epoch, custodian) : Lockup.default
    const [create, initialize] = StakeProgram.createAccount({
      fromPubkey: payer,
      stakePubkey: stake,
      authorized: new Authorized(staker, withdrawer),
      lockup,
      lamports,
    }).instructions
    if (create === undefined || initialize === undefined) throw new Error('web3.js makes two instructions')
    const locked = authority(stake, custodian, `lockup until second ${String(seconds)} until epoch ${String(epoch)}`)
    return {
      name: 'Initialize',
      steps: [
        { instruction: create, effects: [created(stake, StakeProgram.programId, lamports)] },
        {
          instruction: initialize,
          effects: [
            authority(stake, staker, 'staker'),
            authority(stake, withdrawer, 'withdrawer'),
            ...(lockup === Lockup.default ? [] : [locked]),
          ],
        },
      ],
    }
  },
  (dice) => {
    const [stakePubkey, authorizedPubkey, votePubkey] = [dice.key(), dice.key(), dice.key()]
    const { instructions } = StakeProgram.delegate({ stakePubkey, authorizedPubkey, votePubkey })
    return one('DelegateStake', only(instructions), {
      effect: 'stake',
      action: 'stake',
      account: accountOf(votePubkey),
      detail: `stake account ${stakePubkey.toBase58()}`,
    })
  },
  (dice) => {
    const [stakePubkey, authorizedPubkey, newAuthorizedPubkey] = [dice.key(), dice.key(), dice.key()]
    const [stakeAuthorizationType, detail] = dice.pick(KINDS)
    const { instructions } = StakeProgram.authorize({
      stakePubkey,
      authorizedPubkey,
      newAuthorizedPubkey,
      stakeAuthorizationType,
      ...(dice.isHeads() && { custodianPubkey: dice.key() }),
    })
    return one('Authorize', only(instructions), authority(stakePubkey, newAuthorizedPubkey, detail))
  },
  (dice) => {
    const [stakePubkey, newAuthorizedPubkey] = [dice.key(), dice.key()]
    const [stakeAuthorizationType, detail] = dice.pick(KINDS)
    const { instructions } = StakeProgram.authorizeWithSeed({
      stakePubkey,
      authorityBase: dice.key(),
      authoritySeed: 'a seed',
      authorityOwner: dice.key(),
      newAuthorizedPubkey,
      stakeAuthorizationType,
      ...(dice.isHeads() && { custodianPubkey: dice.key() }),
    })
    return one('AuthorizeWithSeed', only(instructions), authority(stakePubkey, newAuthorizedPubkey, detail))
  },
  (dice, payer) => {
    const [stakePubkey, splitStakePubkey, lamports, rent] = [dice.key(), dice.key(), Number(dice.amount(53)), 2_282_880]
    const [create, split] = StakeProgram.split(
      { stakePubkey, authorizedPubkey: payer, splitStakePubkey, lamports },
      rent,
    ).instructions
    if (create === undefined || split === undefined) throw new Error('web3.js makes two instructions')
    const effect: Expected = {
      effect: 'stake',
      action: 'split',
      account: accountOf(splitStakePubkey),
      amountAtomic: BigInt(lamports),
      detail: `from stake account ${stakePubkey.toBase58()}`,
    }
    return {
      name: 'Split',
      steps: [
        { instruction: create, effects: [created(splitStakePubkey, StakeProgram.programId, rent)] },
        { instruction: split, effects: [effect] },
      ],
    }
  },
  (dice) => {
    const [stakePubkey, authorizedPubkey, toPubkey, lamports] = [
      dice.key(),
      dice.key(),
      dice.key(),
      Number(dice.amount(53)),
    ]
    const { instructions } = StakeProgram.withdraw({
      stakePubkey,
      authorizedPubkey,
      toPubkey,
      lamports,
      ...(dice.isHeads() && { custodianPubkey: dice.key() }),
    })
    return one('Withdraw', only(instructions), {
      effect: 'transfer',
      holding: { kind: 'coin' },
      from: accountOf(stakePubkey),
      to: accountOf(toPubkey),
      amountAtomic: BigInt(lamports),
    })
  },
  (dice) => {
    const [stakePubkey, authorizedPubkey] = [dice.key(), dice.key()]
    const { instructions } = StakeProgram.deactivate({ stakePubkey, authorizedPubkey })
    return one('Deactivate', only(instructions), {
      effect: 'stake',
      action: 'unstake',
      account: accountOf(stakePubkey),
    })
  },
  (dice) => {
    const [stakePubkey, sourceStakePubKey, authorizedPubkey] = [dice.key(), dice.key(), dice.key()]
    const { instructions } = StakeProgram.merge({ stakePubkey, sourceStakePubKey, authorizedPubkey })
    return one('Merge', only(instructions), {
      effect: 'stake',
      action: 'merge',
      account: accountOf(stakePubkey),
      detail: `from stake account ${sourceStakePubKey.toBase58()}`,
    })
  },
]
