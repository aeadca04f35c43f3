import type { AddressKey } from '../address/address-key.ts'

/** An account of a chain: the key that two spellings share, and the text that the chain's own tools show. */
export interface Account {
  readonly key: AddressKey
  readonly text: string
}

/** What moves or may be moved. Decimals and names are not in the bytes: the asset registry knows them by chain and contract. */
export type Holding =
  | { readonly kind: 'coin' }
  /** ERC-20, TRC-20, an SPL mint. That the contract really is a token is for the registry to say. */
  | { readonly kind: 'token'; readonly contract: Account }
  /** ERC-721, ERC-1155. */
  | { readonly kind: 'item'; readonly contract: Account; readonly tokenId: bigint }
  /** Every item of a contract: setApprovalForAll. */
  | { readonly kind: 'collection'; readonly contract: Account }
  | { readonly kind: 'trc10'; readonly tokenId: string }

/** `at` says where in the transaction an effect stands: `transaction`, `outputs[1]`, `instructions[3]`, `calls[0].calls[2]`. */
interface Placed {
  readonly at: string
}

export interface Transfer extends Placed {
  readonly effect: 'transfer'
  readonly holding: Holding
  /** Absent: the account that signs. */
  readonly from?: Account
  readonly to: Account
  /** The account behind `to` where `to` is a token account (Solana) and its derivation from that account was recomputed. */
  readonly owner?: Account
  readonly amountAtomic: bigint
}

/** Somebody may take later. An amount of zero takes the permission away. */
export interface Allowance extends Placed {
  readonly effect: 'allowance'
  readonly holding: Holding
  /** Absent: the account that signs. */
  readonly owner?: Account
  readonly spender: Account
  readonly mode: 'set' | 'increase'
  readonly amountAtomic: bigint
  /** More than any supply (the largest amount of a standard, as a rule), or every item. */
  readonly isUnlimited: boolean
  /** Unix seconds after which it ends, where the bytes say so. */
  readonly untilSeconds?: bigint
}

/** Control over a contract or an account changes hands, or code runs with it. */
export const POWERS = [
  'upgrade', // proxy implementation or admin
  'ownership', // transferOwnership, renounceOwnership, ownership handover
  'role', // grantRole, revokeRole, renounceRole
  'delegatecall', // foreign code runs as the account
  'safe-owner', // owners added, removed, swapped
  'safe-threshold',
  'safe-module', // also fallback handler
  'safe-guard',
  'account-code', // EIP-7702: the account itself becomes a contract
  'account-permission', // TRON AccountPermissionUpdate, a foreign permission id
  'token-authority', // SPL SetAuthority
  'account-owner', // Solana Assign, an account's owning program changes
  'account-close', // SPL CloseAccount to somebody
  'nonce-withdraw',
  'nonce-authority',
  'stake-authority',
] as const
export type PowerName = (typeof POWERS)[number]

export interface Power extends Placed {
  readonly effect: 'power'
  readonly power: PowerName
  /** What is controlled; absent: the account that signs. */
  readonly subject?: Account
  /** Who gets control; absent where nobody is named (renounced, a threshold). */
  readonly grantee?: Account
  /** Figures for people: `threshold 1`, `role 0x00..`, `selector 3659cfe6`. */
  readonly detail?: string
}

/** Coins become wrapped coins of the signing account, or the other way round. That the contract wraps is for an allow-list to say. */
export interface Wrap extends Placed {
  readonly effect: 'wrap' | 'unwrap'
  readonly contract: Account
  readonly amountAtomic: bigint
}

/** Coins or resources bound to a validator or another account without changing their owner. */
export interface Stake extends Placed {
  readonly effect: 'stake'
  readonly action: 'stake' | 'unstake' | 'delegate' | 'undelegate' | 'vote' | 'withdraw' | 'cancel' | 'split' | 'merge'
  readonly account?: Account
  readonly amountAtomic?: bigint
  readonly detail?: string
}

export interface AccountCreation extends Placed {
  readonly effect: 'create-account'
  readonly account: Account
  /** Whose it becomes: the owner of a token account, the owning program otherwise. */
  readonly owner?: Account
  /** Coins put into it, where the bytes say so. */
  readonly amountAtomic?: bigint
}

export interface Burn extends Placed {
  readonly effect: 'burn'
  readonly holding: Holding
  readonly from?: Account
  readonly amountAtomic: bigint
}

export interface Deployment extends Placed {
  readonly effect: 'deploy'
  readonly codeBytes: number
  readonly valueAtomic: bigint
}

export interface Memo extends Placed {
  readonly effect: 'memo'
  /** UTF-8 text, or hex with 0x when it is none. */
  readonly text: string
}

/** Changes nothing but the order of transactions: Solana AdvanceNonce. */
export interface NonceUse extends Placed {
  readonly effect: 'nonce'
  readonly account: Account
}

/** Something is done that this package does not understand. Never to be read as "nothing". */
export interface UnknownEffect extends Placed {
  readonly effect: 'unknown'
  /** The contract or program. */
  readonly target?: Account
  /** Four bytes, eight lower-case hex digits, of EVM call data. */
  readonly selector?: string
  readonly detail: string
}

export type Effect =
  Transfer | Allowance | Power | Wrap | Stake | AccountCreation | Burn | Deployment | Memo | NonceUse | UnknownEffect
