/** A message as it stands in its bytes: accounts are still indices. */
export interface MessageParts {
  readonly version: 'legacy' | 'v0'
  readonly header: {
    readonly signers: number
    readonly readOnlySigners: number
    readonly readOnlyOthers: number
  }
  /** 32 bytes each, the payer first. */
  readonly keys: readonly Uint8Array[]
  /** A recent block hash or the value of a nonce account. */
  readonly lifetime: Uint8Array
  readonly instructions: readonly InstructionParts[]
  /** Of a v0 message; a legacy one has none. */
  readonly lookups: readonly LookupParts[]
}

export interface InstructionParts {
  readonly program: number
  readonly accounts: Uint8Array
  readonly data: Uint8Array
}

export interface LookupParts {
  readonly table: Uint8Array
  readonly writable: Uint8Array
  readonly readOnly: Uint8Array
}

/** The first bit of a message with a version; the others are the version. A legacy message begins with its number of signers. */
export const VERSION_MARK = 0x80
