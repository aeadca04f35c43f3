import type {
  Digest,
  FireblocksDialect,
  FireblocksReading,
  VerificationKey,
  VerifiedToken,
} from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { Caller } from '../keys/index.ts'
import type { Logger } from '../log.ts'
import type { Admission } from './admit-body.ts'
import type { Answer, CoboCallback, FireblocksCallback, VerifiedCallback } from './answer.ts'
import type { CoboRoute, FireblocksRoute } from './callback-route.ts'
import type { HttpLimits } from './http-limits.ts'
import type { Outcome } from './outcome.ts'

interface Received {
  readonly receivedAtMs: number
  /** `performance.now()` when the headers were there: what is left of the asker's patience counts from here. */
  readonly startedMs: number
  readonly admission: Admission
  /** Gives the place among the unverified bodies back. */
  readonly release: () => void
  caller?: Caller
}

/** One request of a Cobo node on its way through the stages; each stage fills in what it found out. */
export interface CoboExchange extends Received {
  readonly route: CoboRoute
  token?: string
  verified?: VerifiedToken
  callback?: CoboCallback
}

/** The same of a Co-signer. */
export interface FireblocksExchange extends Received {
  readonly route: FireblocksRoute
  body?: Uint8Array
  asked?: AskedBody
  reading?: Extract<FireblocksReading, { result: 'request' | 'malformed' }>
  callback?: FireblocksCallback
}

/** The body of a Co-signer once it is known who may have sent it. */
export interface AskedBody {
  readonly dialect: FireblocksDialect
  /** See VerifiedCallback. */
  readonly token: string
  readonly content: Uint8Array
  readonly digest: Digest
  readonly fingerprint: string
  /** Whose key signed it (a caller's, or the gateway's), or who alone reaches the listener of JSON. */
  readonly owner?: string | undefined
  /** Who owns the key; of JSON everyone who may ask there, told apart by the API user alone. */
  readonly callers: readonly Caller[]
  /** What a gateway says about the body it wrapped. */
  readonly wrap?: { readonly signerId?: string }
}

export type Exchange = CoboExchange | FireblocksExchange

export interface CheckContext {
  readonly clock: Clock
  readonly limits: HttpLimits
  readonly log: Logger
  /** Keys of gateways that wrap bare JSON; without them no wrap is looked at. */
  readonly wrapKeys?: readonly VerificationKey[]
  readonly isReady: () => Promise<boolean>
  readonly decide: (callback: VerifiedCallback) => Promise<Answer>
}

/** Ends the exchange with an outcome, or leaves it to the next stage. */
export type Stage<E extends Exchange> = (
  exchange: E,
  context: CheckContext,
) => Outcome | undefined | Promise<Outcome | undefined>
