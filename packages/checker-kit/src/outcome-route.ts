import {
  OUTCOME_PATH,
  ProtocolFault,
  verifyOutcome,
  type OutcomeNotice,
  type VerificationKey,
} from '@callback-quorum/protocol'
import type { Caller, Clock, Database, Logger } from '@callback-quorum/service'
import type Router from '@koa/router'
import type { CheckerMetrics } from './metrics.ts'
import type { Rule } from './rule.ts'
import { applyOutcome } from './outcome-ledger.ts'

export interface OutcomeRouteOptions {
  readonly name: string
  readonly gatewayKeys: readonly VerificationKey[]
  readonly callers: readonly Caller[]
  readonly rules: readonly Rule[]
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: CheckerMetrics
}

/**
 * `POST /v2/outcome`: the body is the compact JWT that the gateway signed with its internal key (DESIGN.md, "Between gateway and
 * checker"). 200 acknowledges, also a repetition and a contradiction, which the gateway cannot mend by asking again; 401 and 400 are final;
 * anything else is asked again by the gateway's outbox.
 */
export function mountOutcomeRoute(router: Router, options: OutcomeRouteOptions): void {
  const { log, metrics } = options
  router.post(OUTCOME_PATH, async (ctx) => {
    // The listener has read the body under its own limits: text for application/jwt.
    const body = 'body' in ctx.request ? ctx.request.body : undefined
    const token = typeof body === 'string' ? body.trim() : ''
    try {
      const notice = await verifyOutcome(token, options.gatewayKeys, options.name, options.clock.nowMs())
      const caller = callerIdOf(notice, options.callers)
      if (caller === undefined) {
        ctx.status = 400
        ctx.body = { error: 'the caller of this outcome is not configured here' }
        return
      }
      const effect = await applyOutcome(options.database, options.rules, caller, notice)
      metrics.outcomes.inc({ outcome: notice.outcome, effect })
      const level = effect === 'contradiction' ? 'error' : 'info'
      log[level]({ requestId: notice.request_id, caller, outcome: notice.outcome, effect }, 'outcome')
      ctx.body = { acknowledged: true, effect }
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error
      log.warn({ code: error.code }, 'outcome refused')
      ctx.status = 401
      ctx.body = { error: error.code }
    }
  })
}

/**
 * What the attempt of this notice hangs on: the caller's name, with the API user behind a slash where a Co-signer asked. Undefined: nobody who is
 * configured here, or a Co-signer without one of its API users.
 */
function callerIdOf(
  { caller: fingerprint, dialect, signer_id: signerId }: OutcomeNotice,
  callers: readonly Caller[],
): string | undefined {
  // Of bare JSON the notice names the key that wrapped it, which may have been rotated away; who says so was verified.
  const found =
    dialect === 'fireblocks-json'
      ? callers.filter(({ dialects, signers }) => dialects.includes(dialect) && signers.has(signerId ?? ''))
      : callers.filter(
          ({ platform, keys }) =>
            dialect.startsWith(`${platform}-`) && keys.some((key) => key.fingerprint === fingerprint),
        )
  // An API user that two callers declare names neither.
  const [caller, ...others] = found
  if (caller === undefined || others.length > 0) return undefined
  if (caller.platform === 'cobo') return caller.name
  return signerId !== undefined && caller.signers.has(signerId) ? `${caller.name}/${signerId}` : undefined
}
