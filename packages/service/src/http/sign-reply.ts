import {
  signCoboResponse,
  signFireblocksResponse,
  type CoboResponse,
  type FireblocksResponse,
  type SigningIdentity,
} from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { HttpLimits } from './http-limits.ts'
import { inSpan } from '../tracing/index.ts'
import type { SigningPool } from './signing-pool.ts'

/** Signs a reply in a slot of the pool; throws ServiceFault ERR_SERVICE_SIGNING_BUSY when none is free in time. */
export type SignReply = (response: CoboResponse, verified: boolean) => Promise<string>

/** The same for a Co-signer, which is always a verified one. What has a verdict expires as the identity says. */
export type SignFireblocksReply = (response: Omit<FireblocksResponse, 'expiresAtMs'>) => Promise<string>

interface SignReplyOptions {
  readonly identity: SigningIdentity
  readonly clock: Clock
  readonly pool: SigningPool
  readonly limits: HttpLimits
}

export function createSignReply(o: SignReplyOptions): SignReply {
  const sign = (response: CoboResponse): Promise<string> => signCoboResponse(response, o.identity, o.clock.nowMs())
  return (response, verified) =>
    inSpan('sign', {}, () => o.pool.sign(() => sign(response), verified, o.limits.signingWaitMsMax))
}

export function createSignFireblocksReply(o: SignReplyOptions): SignFireblocksReply {
  const { privateKey, tokenExpireMs } = o.identity
  const sign = (response: Omit<FireblocksResponse, 'expiresAtMs'>): Promise<string> =>
    signFireblocksResponse({ ...response, expiresAtMs: o.clock.nowMs() + tokenExpireMs }, privateKey)
  return (response) => inSpan('sign', {}, () => o.pool.sign(() => sign(response), true, o.limits.signingWaitMsMax))
}
