import type { CoboDialect, FireblocksDialect, FireblocksEndpoint } from '@callback-quorum/protocol'
import type { Caller } from '../keys/index.ts'

/** What is served at one path, and who may ask there. */
export type CallbackRoute = CoboRoute | FireblocksRoute

export interface CoboRoute {
  readonly platform: 'cobo'
  readonly dialect: CoboDialect
  /** Those that speak this dialect. */
  readonly callers: readonly Caller[]
}

export interface FireblocksRoute {
  readonly platform: 'fireblocks'
  /** How the body travels, there and back; that of a wrap is `fireblocks-jwt`. */
  readonly dialect: FireblocksDialect
  readonly endpoint: FireblocksEndpoint
  /** Between the base path of the listener and the path of the wire: whose API users it is (Signer.path). */
  readonly path: string
  /** Those that speak this dialect, and may ask this listener. */
  readonly callers: readonly Caller[]
  /** Those of `fireblocks-json` that a gateway asks for, at any path of the endpoint. */
  readonly wrappedCallers: readonly Caller[]
}
