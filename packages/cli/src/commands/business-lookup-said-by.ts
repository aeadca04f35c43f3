import type { Caller } from '@callback-quorum/service'

/** Who says what; nothing of it is read yet. */
export interface SaidBy {
  readonly caller: Caller
  /** SPKI fingerprint of the key that signed. */
  readonly fingerprint: string
  readonly content: Uint8Array
  readonly token: string
}
