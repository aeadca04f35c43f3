import { signCoboResponse, type CoboResponse, type SigningIdentity } from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { HttpLimits } from './http-limits.ts'
import type { SigningPool } from './signing-pool.ts'

/** Signs a reply in a slot of the pool; throws ServiceFault ERR_SERVICE_SIGNING_BUSY when none is free in time. */
export type SignReply = (response: CoboResponse, verified: boolean) => Promise<string>

export function createSignReply(o: {
  readonly identity: SigningIdentity
  readonly clock: Clock
  readonly pool: SigningPool
  readonly limits: HttpLimits
}): SignReply {
  return (response, verified) =>
    o.pool.sign(() => signCoboResponse(response, o.identity, o.clock.nowMs()), verified, o.limits.signingWaitMsMax)
}
