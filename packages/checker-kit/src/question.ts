import type { Asset, CanonicalAddress, Chain } from '@callback-quorum/chains'
import type { BusinessKey, Dialect, Digest, Kind } from '@callback-quorum/protocol'

/** One destination of a request, as the description names it. Amounts are atomic units. */
export interface Output {
  /** As it was written, for evidence only; decide on `address`. */
  readonly addressText: string
  /** Absent when the chain is unknown to the registry; a rule that needs it rejects. */
  readonly address?: CanonicalAddress
  readonly amountAtomic?: bigint
  /** Memo, destination tag. */
  readonly tag?: string
  /** True only when addresses.yaml proves that the address is ours; never because the payload says so. */
  readonly own: boolean
}

/** What is asked to be done with the key share. `other` is everything that is not understood. */
export type Operation = 'transfer' | 'contract-call' | 'message' | 'raw' | 'ceremony' | 'other'

/**
 * One request seen neutrally: the only thing a rule sees (DESIGN.md, "One request, seen neutrally").
 * A dimension that a rule needs and the question lacks is a REJECT by that rule, never a skipped rule.
 */
export interface Question {
  readonly caller: string
  readonly platform: 'cobo' | 'fireblocks'
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly digest: Digest
  readonly organisation: string
  readonly businessKey: BusinessKey
  readonly transactionId: string
  readonly reference?: string
  readonly initiator?: { readonly id: string; readonly type?: string }
  readonly wallet?: string
  readonly operation: Operation
  readonly chain?: Chain
  readonly asset?: Asset
  readonly sources: readonly string[]
  readonly outputs: readonly Output[]
  /** Sum of the amounts of the outputs that are not ours; absent when any of them is unknown. */
  readonly totalAtomic?: bigint
  readonly contract?: { readonly address: string; readonly calldata: string; readonly valueAtomic?: bigint }
  readonly description?: string
  /** In the order of the request, lower-case hex without 0x. */
  readonly signingHashes: readonly string[]
  /**
   * SHA-256 over the canonical business content (operation, wallet, chain, asset, sorted outputs, calldata): stays the same over
   * retries and differs when what the transaction does differs. Fees, timestamps, request ids and display names are not part of it.
   */
  readonly contentDigest: Digest
}
