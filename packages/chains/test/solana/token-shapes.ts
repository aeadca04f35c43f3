import * as spl from '@solana/spl-token'
import type { PublicKey } from '@solana/web3.js'
import type { Dice } from './dice.ts'
import { accountOf, one, unknownOf, type Expected, type Shape } from './shape.ts'

/** One token account of the one who signs, and one of somebody else. Both may have another address than the derived one. */
class Scene {
  readonly program: PublicKey
  readonly mint: PublicKey
  readonly owner: PublicKey
  readonly other: PublicKey
  readonly source: PublicKey
  readonly to: PublicKey
  readonly amount: bigint
  readonly decimals: number
  /** Who pays, as far as it is proven. */
  readonly from: PublicKey
  readonly #isOtherProven: boolean

  constructor(dice: Dice, payer: PublicKey) {
    this.program = dice.pick([spl.TOKEN_PROGRAM_ID, spl.TOKEN_2022_PROGRAM_ID])
    this.mint = dice.key()
    this.owner = dice.isHeads() ? payer : dice.key()
    this.other = dice.key()
    const ownAccount = this.accountFor(this.owner)
    this.source = dice.below(4) > 0 ? ownAccount : dice.key()
    this.from = this.source === ownAccount ? this.owner : this.source
    this.#isOtherProven = dice.isHeads()
    this.to = this.#isOtherProven ? this.accountFor(this.other) : dice.key()
    this.amount = dice.pick([dice.amount(), 2n ** 64n - 1n])
    this.decimals = dice.below(19)
  }

  accountFor(owner: PublicKey): PublicKey {
    return spl.getAssociatedTokenAddressSync(this.mint, owner, true, this.program)
  }

  transfer(from = this.from): Expected {
    return {
      effect: 'transfer',
      holding: this.holding,
      from: accountOf(from),
      to: accountOf(this.to),
      ...(this.#isOtherProven && { owner: accountOf(this.other) }),
      amountAtomic: this.amount,
    }
  }

  allowance(amountAtomic: bigint, spender: PublicKey): Expected {
    return {
      effect: 'allowance',
      holding: this.holding,
      owner: accountOf(this.owner),
      spender: accountOf(spender),
      mode: 'set',
      amountAtomic,
      isUnlimited: amountAtomic >= 2n ** 63n,
    }
  }

  burn(): Expected {
    return { effect: 'burn', holding: this.holding, from: accountOf(this.from), amountAtomic: this.amount }
  }

  /** An instruction that does not name the mint is understood when the mint is a candidate and the source is the owner's. */
  whereMintIsKnown(dice: Dice, shape: Shape): Shape {
    if (dice.isHeads() && this.from === this.owner) return { ...this.known(shape), mints: [dice.key(), this.mint] }
    const steps = shape.steps.map(({ instruction }) => ({ instruction, effects: [unknownOf(this.program)] }))
    return this.known({ ...shape, steps, mints: [dice.key(), ...(this.from === this.owner ? [] : [this.mint])] })
  }

  known(shape: Shape): Shape {
    return { ...shape, owners: [this.other, this.owner] }
  }

  get holding() {
    return { kind: 'token', contract: accountOf(this.mint) } as const
  }
}

const created = (account: PublicKey, owner: PublicKey): Expected => ({
  effect: 'create-account',
  account: accountOf(account),
  owner: accountOf(owner),
})

type Maker = (scene: Scene, dice: Dice, payer: PublicKey) => Shape

const MOVING: readonly Maker[] = [
  (scene, dice) => {
    const { source, to, owner, amount, program } = scene
    const instruction = spl.createTransferInstruction(source, to, owner, amount, [], program)
    return scene.whereMintIsKnown(dice, one('Transfer', instruction, scene.transfer()))
  },
  (scene) => {
    const { source, mint, to, owner, amount, decimals, program } = scene
    const instruction = spl.createTransferCheckedInstruction(source, mint, to, owner, amount, decimals, [], program)
    return scene.known(one('TransferChecked', instruction, scene.transfer()))
  },
  (scene, dice) => {
    const { source, mint, to, owner, amount, decimals } = scene
    const multisig = [dice.key(), dice.key()]
    const instruction = spl.createTransferCheckedInstruction(source, mint, to, owner, amount, decimals, multisig)
    return one('TransferChecked by a multisig', instruction, unknownOf(spl.TOKEN_PROGRAM_ID))
  },
  (scene, dice) => {
    const { mint, to, owner, amount, decimals, program } = scene
    const instruction = dice.isHeads()
      ? spl.createMintToInstruction(mint, to, owner, amount, [], program)
      : spl.createMintToCheckedInstruction(mint, to, owner, amount, decimals, [], program)
    return scene.known(one('MintTo', instruction, scene.transfer(mint)))
  },
  (scene, dice) => {
    const { source, mint, owner, amount, decimals, program } = scene
    const instruction = dice.isHeads()
      ? spl.createBurnInstruction(source, mint, owner, amount, [], program)
      : spl.createBurnCheckedInstruction(source, mint, owner, amount, decimals, [], program)
    return one('Burn', instruction, scene.burn())
  },
]

const ALLOWING: readonly Maker[] = [
  (scene, dice) => {
    const { source, other, owner, amount, program } = scene
    const instruction = spl.createApproveInstruction(source, other, owner, amount, [], program)
    return scene.whereMintIsKnown(dice, one('Approve', instruction, scene.allowance(amount, other)))
  },
  (scene) => {
    const { source, mint, other, owner, amount, decimals, program } = scene
    const instruction = spl.createApproveCheckedInstruction(source, mint, other, owner, amount, decimals, [], program)
    return one('ApproveChecked', instruction, scene.allowance(amount, other))
  },
  (scene, dice) => {
    const { source, owner, program } = scene
    const instruction = spl.createRevokeInstruction(source, owner, [], program)
    return scene.whereMintIsKnown(dice, one('Revoke', instruction, scene.allowance(0n, owner)))
  },
  ({ source, owner, other, program }, dice) => {
    const [type, detail] = dice.pick([
      [spl.AuthorityType.MintTokens, 'mint tokens'],
      [spl.AuthorityType.FreezeAccount, 'freeze account'],
      [spl.AuthorityType.AccountOwner, 'account owner'],
      [spl.AuthorityType.CloseAccount, 'close account'],
    ] as const)
    const next = dice.isHeads() ? other : null
    const instruction = spl.createSetAuthorityInstruction(source, owner, type, next, [], program)
    return one('SetAuthority', instruction, {
      effect: 'power',
      power: 'token-authority',
      subject: accountOf(source),
      ...(next && { grantee: accountOf(next) }),
      detail,
    })
  },
  ({ source, owner, other, program }) => {
    const instruction = spl.createCloseAccountInstruction(source, other, owner, [], program)
    const [subject, grantee] = [accountOf(source), accountOf(other)]
    return one('CloseAccount', instruction, { effect: 'power', power: 'account-close', subject, grantee })
  },
  ({ source, mint, owner, program }, dice) => {
    const make = dice.pick([spl.createFreezeAccountInstruction, spl.createThawAccountInstruction])
    return one('FreezeAccount or ThawAccount', make(source, mint, owner, [], program), unknownOf(program))
  },
]

const CREATING: readonly Maker[] = [
  ({ to, mint, other, program }, dice) => {
    const make = dice.pick([
      spl.createInitializeAccountInstruction,
      spl.createInitializeAccount2Instruction,
      spl.createInitializeAccount3Instruction,
    ])
    return one('InitializeAccount', make(to, mint, other, program), created(to, other))
  },
  ({ to, program }, dice) => {
    const make = dice.pick([spl.createSyncNativeInstruction, spl.createInitializeImmutableOwnerInstruction])
    return one('SyncNative or InitializeImmutableOwner', make(to, program))
  },
  (scene, dice, payer) => {
    // The owner is known by nothing but the account that is created for him, before or after.
    const { source, mint, owner, amount, decimals, program } = scene
    const [other, isFirst] = [dice.key(), dice.isHeads()]
    const to = scene.accountFor(other)
    const make = dice.pick([
      spl.createAssociatedTokenAccountInstruction,
      spl.createAssociatedTokenAccountIdempotentInstruction,
    ])
    const create = { instruction: make(payer, to, other, mint, program), effects: [created(to, other)] }
    const instruction = spl.createTransferCheckedInstruction(source, mint, to, owner, amount, decimals, [], program)
    const { holding, from } = { holding: scene.holding, from: accountOf(scene.from) }
    const effects: readonly Expected[] = [
      { effect: 'transfer', holding, from, to: accountOf(to), owner: accountOf(other), amountAtomic: amount },
    ]
    const pay = { instruction, effects }
    return { name: 'Create and TransferChecked', steps: isFirst ? [create, pay] : [pay, create] }
  },
  ({ mint, other, program }, dice, payer) => {
    const spoofed = dice.key()
    const instruction = spl.createAssociatedTokenAccountInstruction(payer, spoofed, other, mint, program)
    return one('Create of another account', instruction, unknownOf(spl.ASSOCIATED_TOKEN_PROGRAM_ID))
  },
  (scene, dice) => {
    const { mint, owner, amount, decimals } = scene
    const program = spl.TOKEN_2022_PROGRAM_ID
    const [source, to] = [spl.getAssociatedTokenAddressSync(mint, owner, true, program), dice.key()]
    const fee = dice.amount()
    return one(
      'TransferCheckedWithFee',
      spl.createTransferCheckedWithFeeInstruction(source, mint, to, owner, amount, decimals, fee),
      {
        effect: 'transfer',
        holding: scene.holding,
        from: accountOf(owner),
        to: accountOf(to),
        amountAtomic: amount,
      },
    )
  },
]

/** Instructions of SPL Token, Token-2022 and the associated token account program, as spl-token makes them. */
export const TOKEN_SHAPES = [...MOVING, ...ALLOWING, ...CREATING].map(
  (make) =>
    (dice: Dice, payer: PublicKey): Shape =>
      make(new Scene(dice, payer), dice, payer),
)
