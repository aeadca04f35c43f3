import type { Account, AddressKey, Asset, Decoded, Holding } from '@callback-quorum/chains'

/** Value that leaves, or may be taken later, by the bytes themselves. */
export interface Outflow {
  readonly effect: 'transfer' | 'allowance' | 'create-account' | 'burn' | 'deploy'
  /** Absent: the registry does not know what it is. */
  readonly asset?: Asset
  readonly holding: Holding
  /** Who gets it, or may take it: the owner behind a token account where that is proven. Absent: nobody does (burnt, a deployment). */
  readonly to?: Account
  readonly amountAtomic: bigint
  /** Only allowances: more than any amount. */
  readonly isUnlimited: boolean
  /** `to` is proven ours: by addresses.yaml, or as a key of a root key that addresses.yaml names. */
  readonly own: boolean
  readonly at: string
}

/**
 * The bytes to be signed, decoded, after every hash of the request was found to be theirs (but `isUnproven`) and the description to say what they do.
 * Rules that count or screen decide on this and not on the description.
 */
export interface Binding {
  readonly decoded: Decoded
  readonly outflows: readonly Outflow[]
  /** Accounts that are ours, as `Outflow.own` says. */
  readonly isOwn: (key: AddressKey) => boolean
  /** What it uses up on its chain: of transactions that share one of these, one at most can be final. */
  readonly slots: readonly string[]
  /**
   * Decoded from a message that the request says is signed, with no digest beside it that would show it: judged only where the operator accepts
   * that, and never called bound.
   */
  readonly isUnproven?: true
}
