import type { JsonValue } from '@callback-quorum/protocol'

/** What is taken when a payment was found equal to its record. */
export interface Claiming {
  readonly organisation: string
  readonly reference: string
  readonly businessKey: string
  /** A signature leaves when it is approved; an approval before signing leaves none. */
  readonly isSigning: boolean
  /** SHA-256 hex over the hashes to sign and the key that signs them. */
  readonly signature: string
  /** What the signature uses up on its chain; empty where that is not known. */
  readonly slots: readonly string[]
  /** SHA-256 hex over what is paid to whom. */
  readonly termsDigest: string
  /** The comparisons, for people. */
  readonly terms: readonly JsonValue[]
  readonly recordDigest: string
  readonly recordVersion?: string
}

/** A reference that is taken. */
export interface HeldClaim {
  readonly claimId: bigint
  readonly termsDigest: string
  /** What all its signatures have in common; null while nothing was signed. */
  readonly slots: readonly string[] | null
  /** Business keys, the first one first. */
  readonly holders: readonly string[]
}
