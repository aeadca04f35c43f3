import type { Prevout } from '@callback-quorum/chains'
import type { UnboundCode } from './refusal.ts'

/** What of a request the hashes can be recomputed from. */
export type Material =
  | {
      readonly kind: 'transaction'
      readonly raw: Uint8Array
      readonly prevouts: readonly Prevout[]
      readonly lookupTables: ReadonlyMap<string, readonly string[]>
    }
  /** For each input of a transaction what is hashed and signed, in their order. */
  | { readonly kind: 'preimages'; readonly raws: readonly Uint8Array[] }
  | { readonly kind: 'personal-message'; readonly message: Uint8Array }
  | { readonly kind: 'typed-data'; readonly structured: unknown }
  | { readonly kind: 'unbound'; readonly code: UnboundCode; readonly text: string }
