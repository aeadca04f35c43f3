import type { Field } from './field.ts'

/** One payment of an intent. */
export interface IntentOutput {
  readonly amount: Field
  readonly destination: Field
  readonly tag: Field
}

/** What the business system says about one reference; every field still unproven. What is not mapped is absent. */
export interface Intent {
  /** As the record itself has it. */
  readonly reference: Field
  readonly status: Field
  readonly asset: Field
  readonly expiresAt: Field
  readonly initiator: Field
  readonly source: Field
  /** Of a contract call: hex, or its SHA-256. */
  readonly calldata: Field
  /** Compact JWS of the business system over this intent. */
  readonly proof: Field
  /** One, unless the mapping says that a record is a batch. In the order of the record. */
  readonly outputs: readonly IntentOutput[]
  /** SHA-256 hex of the record as it was received: of the response body, the rows or the event. */
  readonly recordDigest: string
  /** Of the inbox: which version was compared. */
  readonly version?: string
}
