import type { MatchStrength } from '../list/address-index.ts'

/** Chains that a block covers: one of the registry, or all. */
export const EVERY_CHAIN = '*'

/** An address that people blocked. */
export interface ManualBlock {
  readonly blockId: bigint
  /** Canonical keys, with those of the same private key. */
  readonly keys: readonly string[]
  readonly scope: string
  readonly reason: string
  readonly sourceRef: string
  readonly effectiveFrom: Date
  /** From then on it blocks no more. */
  readonly expiresAt?: Date
}

/** One entry of a list, as it was when people allowed it. */
export interface BoundEntry {
  readonly source: string
  readonly partyId: string
  readonly featureId: string
  readonly entryFingerprint: string
  readonly strength: MatchStrength
}

/** What people allowed in spite of a list: one address, from one wallet, until a time. */
export interface AllowOverride {
  readonly overrideId: bigint
  /** The address itself, in any spelling; not other encodings of its key. */
  readonly keys: readonly string[]
  readonly boundTo: readonly BoundEntry[]
  readonly organisation: string
  readonly wallet: string
  /** The most that one payment may move, in atomic units of this asset. */
  readonly maximum?: { readonly asset: string; readonly amountAtomic: bigint }
  readonly licenceRef?: string
  /** From then on it allows nothing. */
  readonly expiresAt: Date
}

/** Everything of the desk that concerns the addresses of one question. */
export interface DeskEntries {
  readonly blocks: readonly ManualBlock[]
  readonly overrides: readonly AllowOverride[]
}

export const NO_ENTRIES: DeskEntries = { blocks: [], overrides: [] }
