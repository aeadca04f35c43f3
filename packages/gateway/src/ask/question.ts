import type { CoboDialect, Digest, Kind } from '@callback-quorum/protocol'

/** One question as every checker is asked it: the verified original token and what the verdict must repeat. */
export interface Question {
  readonly dialect: CoboDialect
  readonly kind: Kind
  readonly requestId: string
  readonly digest: Digest
  readonly callerFingerprint: string
  readonly token: string
}

/** What came back over HTTP, whatever it is worth. */
export interface CheckerReply {
  readonly http: number
  readonly body: Buffer
}
