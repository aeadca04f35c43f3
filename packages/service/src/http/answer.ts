import type {
  CoboDialect,
  CoboReading,
  Digest,
  FireblocksDialect,
  FireblocksEndpoint,
  FireblocksReading,
  Kind,
  Verdict,
} from '@callback-quorum/protocol'
import type { Caller } from '../keys/index.ts'

/**
 * How "not yet" leaves this server for a Cobo node (DESIGN.md, Answers): nothing at all, a plain 503, or a signed status 30 without
 * action. For a Co-signer it is always a signed RETRY.
 */
export type DeferralForm = 'no_answer' | 'http_503' | 'status_30'

/** What the owner of the server decided. `text` goes into the signed `error` or `rejectionReason`, or into the body of a 503. */
export type Answer =
  | { readonly answer: 'approve'; readonly text?: string; readonly verdict?: Verdict }
  | {
      readonly answer: 'reject'
      readonly text?: string
      readonly verdict?: Verdict
      /** Fireblocks, approvals: this API user does not approve, others still may. Never sent for anything that signs. */
      readonly isIgnored?: true
    }
  | { readonly answer: 'defer'; readonly form: DeferralForm; readonly text: string; readonly verdict?: Verdict }

/** A question that is known to come from a caller, and whose request id is known. Only the stages of this folder make one. */
interface Verified {
  readonly caller: Caller
  /** What request keys hang on: the caller's name, with the API user behind a slash where a Co-signer asks for several. */
  readonly callerId: string
  /** SPKI fingerprint of the key that signed: the caller's, or the gateway's that wrapped; `unsigned` for bare JSON. */
  readonly callerFingerprint: string
  /** The compact JWS as received, without surrounding spaces or quotes; of bare JSON the text. */
  readonly token: string
  readonly digest: Digest
  /** The bytes that were signed; of bare JSON the body. */
  readonly content: Uint8Array
  readonly requestId: string
  readonly kind: Kind | 'unknown'
  readonly receivedAtMs: number
}

export interface CoboCallback extends Verified {
  readonly dialect: CoboDialect
  /** `malformed` must be rejected and recorded by whoever decides. */
  readonly reading: Extract<CoboReading, { result: 'request' | 'malformed' }>
}

export interface FireblocksCallback extends Verified {
  /** `fireblocks-json` also for what a gateway received as bare JSON and wrapped. */
  readonly dialect: FireblocksDialect
  readonly endpoint: FireblocksEndpoint
  /** The API user that is asked for: one of the caller's. */
  readonly signerId: string
  /** `malformed` must be rejected and recorded by whoever decides. */
  readonly reading: FireblocksRead
}

/** As protocol reads it, and what only the role of the API user shows: an approver that is asked for a signature. */
export type FireblocksRead =
  | Extract<FireblocksReading, { result: 'request' }>
  | {
      readonly result: 'malformed'
      readonly code: Extract<FireblocksReading, { result: 'malformed' }>['code'] | 'STAGE_CONTRADICTS'
      readonly reason: string
    }

export type VerifiedCallback = CoboCallback | FireblocksCallback

export const isFireblocks = (callback: VerifiedCallback): callback is FireblocksCallback =>
  callback.dialect === 'fireblocks-jwt' || callback.dialect === 'fireblocks-json'
