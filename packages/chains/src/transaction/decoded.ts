import type { Account, Effect } from './effect.ts'

/** One signature that the bytes ask for. */
export interface ToSign {
  /** Lower-case hex without 0x: a 32-byte digest, or for Ed25519 chains the whole message. */
  readonly hash: string
  readonly scheme: 'ecdsa' | 'schnorr' | 'eddsa'
  /** Whose key has to sign, where the bytes say so (an input's previous output, a TRON owner); EVM bytes do not. */
  readonly account?: Account
}

/** What the transaction may cost its payer in the chain's coin. */
export interface Fee {
  /** Absent where the bytes set no bound. */
  readonly maxAtomic?: bigint
  /** The signatures commit to it. False where a figure comes from beside the bytes (amounts of Bitcoin inputs, as its decoder explains). */
  readonly isProven: boolean
  /** Absent: the account that signs. */
  readonly payer?: Account
}

/** The outermost call, as a description names it. Data is lower-case hex without 0x. */
export interface OuterCall {
  /** Absent: a contract is deployed. */
  readonly to?: Account
  readonly valueAtomic: bigint
  readonly data: string
}

/** One instruction of a Solana message, as a description may list it. */
export interface ProgramCall {
  readonly program: Account
  readonly accounts: readonly Account[]
  /** Lower-case hex without 0x. */
  readonly data: string
}

/** An output of an earlier transaction that a Bitcoin-like one spends. */
export interface SpentOutput {
  /** As explorers show it, 64 lower-case hex digits. */
  readonly txid: string
  readonly vout: number
  readonly account?: Account
  readonly amountAtomic?: bigint
  /** The signature over this input commits to the amount (BIP-143, BIP-341), or the whole previous transaction proved it. */
  readonly isAmountProven: boolean
  readonly sequence: number
}

/** EIP-712: what separates one application's messages from another's. */
export interface MessageDomain {
  readonly name?: string
  readonly version?: string
  readonly chainId?: bigint
  readonly verifyingContract?: Account
  /** Hex with 0x. */
  readonly salt?: string
}

export interface MessageFacts {
  readonly standard: 'eip-191' | 'eip-712'
  /** The message when it is UTF-8 text, else hex with 0x; for EIP-712 absent. */
  readonly text?: string
  readonly domain?: MessageDomain
  readonly primaryType?: string
}

export const TRANSACTION_FORMS = [
  'evm-legacy',
  'evm-2930',
  'evm-1559',
  'evm-7702',
  'eip-191',
  'eip-712',
  'bitcoin-transaction',
  'bitcoin-psbt',
  'bitcoin-preimages',
  'tron-raw',
  'solana-legacy',
  'solana-v0',
] as const
export type TransactionForm = (typeof TRANSACTION_FORMS)[number]

/** What some bytes ask to be signed, and what they do once signed. Nothing in it comes from a description. */
export interface Decoded {
  readonly form: TransactionForm
  readonly toSign: readonly [ToSign, ...ToSign[]]
  /** In the order of the bytes. Everything the transaction does is in it; what is not understood is `unknown`. */
  readonly effects: readonly Effect[]
  /** Messages cost nothing and have none. */
  readonly fee?: Fee
  readonly evmChainId?: bigint
  readonly nonce?: bigint
  readonly call?: OuterCall
  readonly inputs?: readonly SpentOutput[]
  /** Solana: every instruction, in order. */
  readonly instructions?: readonly ProgramCall[]
  /** Every account whose signature the bytes require, where the bytes say so (TRON owner, Solana signers; the payer first). */
  readonly signers?: readonly Account[]
  /** Unix milliseconds after which the chain no longer takes it. */
  readonly expiresAtMs?: bigint
  readonly message?: MessageFacts
}
