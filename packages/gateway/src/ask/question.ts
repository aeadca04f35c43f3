import type { CoboDialect, Dialect, Digest, FireblocksEndpoint, Kind } from '@callback-quorum/protocol'

/** One question as every checker is asked it: the verified original token, or the wrap of bare JSON, and what the verdict must repeat. */
export interface Question {
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly digest: Digest
  readonly callerFingerprint: string
  /** Fireblocks: which of its two questions a Co-signer asks. */
  readonly endpoint?: FireblocksEndpoint
  readonly token: string
}

export const isCobo = (dialect: Dialect): dialect is CoboDialect => dialect === 'cobo-v1' || dialect === 'cobo-v2'

/** What came back over HTTP, whatever it is worth. */
export interface CheckerReply {
  readonly http: number
  readonly body: Buffer
}
