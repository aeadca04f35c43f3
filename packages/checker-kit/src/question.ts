import type { Asset, CanonicalAddress, Chain, Decoded } from '@callback-quorum/chains'
import type { Binding } from './bind/binding.ts'
import type { BusinessKey, Dialect, Digest, FireblocksChangeType, Kind } from '@callback-quorum/protocol'

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

/** Which key is asked to sign, as the request says it. The lists are parallel to the signing hashes. */
export interface KeyUse {
  readonly groupId?: string
  /** The extended public key (BIP-32 xpub) of the group. */
  readonly rootPubKey?: string
  readonly nodeIds: readonly string[]
  readonly paths: readonly string[]
  /** Lower-case hex without 0x. */
  readonly tweaks: readonly string[]
  readonly signatureType?: number
  readonly tssProtocol?: number
  /** What the description beside it says of the signing group; absent where the dialect has no such member (v1). */
  readonly signer?: KeyShareGroup
  readonly vaultRootPubKeys: readonly string[]
  /** Addresses that are said to pay, with the path that is said to lead to their key. */
  readonly sourceAddresses: readonly {
    readonly address: string
    readonly path?: string
    readonly rootPubKey?: string
  }[]
}

/** A group of key share holders, as a description names it. */
export interface KeyShareGroup {
  readonly id?: string
  readonly keys: readonly { readonly groupId?: string; readonly curve?: string; readonly rootPubKey?: string }[]
  readonly nodeIds: readonly string[]
  readonly threshold?: number
}

/** A key ceremony, as the request says it. */
export interface Ceremony {
  readonly curve?: number
  readonly rootPubKey?: string
  /** KeyGen, KeyReshare: who holds the shares afterwards, and how many of them sign. */
  readonly nodeIds: readonly string[]
  readonly threshold?: number
  /** KeyReshare: who takes part of the old group. */
  readonly old?: { readonly groupId?: string; readonly nodeIds: readonly string[]; readonly threshold?: number }
  /** KeyShareSign: by which node, with the shares of which groups. */
  readonly shares?: { readonly nodeId?: string; readonly groupIds: readonly string[] }
  readonly target?: KeyShareGroup
  readonly source?: KeyShareGroup
}

/** What is asked to be done with the key share. `other` is everything that is not understood. */
export type Operation = 'transfer' | 'contract-call' | 'message' | 'raw' | 'ceremony' | 'config-change' | 'other'

/** A change of a workspace (Fireblocks), as the request says it. The address that is to be whitelisted stands in `outputs`, without an amount. */
export interface ConfigChange {
  readonly type: FireblocksChangeType
  /** UNMANAGED_WALLET: what kind of counterparty, in the platform's word, and the wallet that the address is put into. */
  readonly subType?: string
  readonly walletId?: string
  readonly walletName?: string
  /** Addresses of another kind of account, each of an asset of its own; for EXCHANGE and FIAT_ACCOUNT. */
  readonly addresses: readonly {
    readonly assetText: string
    readonly asset?: Asset
    readonly output: Output
  }[]
}

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
  /** Fireblocks: the API user that is asked for. */
  readonly signerId?: string
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
  /**
   * Fireblocks payments: the same content, field by field, each as canonical text; null is what the platform does not say yet. Approval and
   * signing ask about one transaction: what is null in one of them may be said by the other, and nothing else may differ.
   */
  readonly contentFields?: Readonly<Record<string, string | null>>
  /** The platform sends this caller no bytes beside its signing requests, as the operator says: absent bytes are nothing that was taken away. */
  readonly rawTx?: 'unavailable'
  readonly keyUse?: KeyUse
  readonly ceremony?: Ceremony
  readonly configChange?: ConfigChange
  /** A message that is to be approved, as the description shows it: nothing is signed yet that would prove it. Absent where it cannot be read. */
  readonly shownMessage?: Decoded
  /** Present only when the bytes to be signed were decoded and everything that the description says agrees with them. */
  readonly binding?: Binding
  /**
   * For a checker that judges descriptions alone: what the bytes use up on chain, when they agree with the description. It proves that one
   * signature replaces another, and nothing else may rest on it. Read it with slotsSeen.
   */
  readonly slots?: readonly string[]
}

/** What the decoded bytes of a signing request use up on its chain; empty when they were not decoded or do not agree. */
export const slotsSeen = ({ binding, slots }: Question): readonly string[] => binding?.slots ?? slots ?? []
