import type { CoboDialect, CoboReading, Digest, Kind, Verdict } from '@callback-quorum/protocol'
import type { Caller } from '../keys/index.ts'

/** How "not yet" leaves this server (DESIGN.md, Answers): nothing at all, a plain 503, or a signed status 30 without action. */
export type DeferralForm = 'no_answer' | 'http_503' | 'status_30'

/** What the owner of the server decided. `text` goes into the signed `error`, or into the body of a 503. */
export type Answer =
  | { readonly answer: 'approve' | 'reject'; readonly text?: string; readonly verdict?: Verdict }
  | { readonly answer: 'defer'; readonly form: DeferralForm; readonly text: string; readonly verdict?: Verdict }

/** A question whose signature is verified and whose request id is known. Only the stages of this folder make one. */
export interface VerifiedCallback {
  readonly dialect: CoboDialect
  readonly caller: Caller
  /** SPKI fingerprint of the key that signed. */
  readonly callerFingerprint: string
  /** The compact JWS as received, without surrounding spaces. */
  readonly token: string
  readonly digest: Digest
  readonly content: Uint8Array
  readonly requestId: string
  readonly kind: Kind | 'unknown'
  /** `malformed` must be rejected and recorded by whoever decides. */
  readonly reading: Extract<CoboReading, { result: 'request' | 'malformed' }>
  readonly receivedAtMs: number
}
