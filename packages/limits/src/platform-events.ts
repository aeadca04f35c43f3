import type { OnEvent } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import type { Logger, Sql } from '@callback-quorum/service'
import { countAgain, releaseByEvent } from './ledger/life-cycle.ts'
import type { Alarm, LimitsMetrics } from './metrics.ts'

export interface EventOptions {
  readonly releaseOnFailure: boolean
  readonly metrics: LimitsMetrics
  readonly log: Logger
}

type State = 'held' | 'committed' | 'confirmed' | 'released'

async function stateOf(sql: Sql, key: BusinessKey): Promise<State | undefined> {
  const [row] = await sql.query<{ state: State }>({
    name: 'limits-state',
    text: 'select state from reservation where business_key = $1 order by reservation_id desc limit 1',
    values: [key],
  })
  return row?.state
}

/**
 * What the platform says of a signature is compared with the ledger. Its word alone gives nothing back, since the other side may hold
 * the signature of a round that "failed"; unless the operator says otherwise. That something was signed is always believed.
 */
export function onPlatformEvent({ releaseOnFailure, metrics, log }: EventOptions): OnEvent {
  return async ({ kind, status, businessKeys, eventType, caller }, tx) => {
    if (kind !== 'keysign' || (status !== 'failed' && status !== 'succeeded')) return
    for (const key of businessKeys) {
      const state = await stateOf(tx, key)
      const alarm = (name: Alarm, text: string): void => {
        metrics.alarms.inc({ alarm: name })
        log.error({ alarm: name, businessKey: key, caller, eventType, state }, text)
      }
      if (status === 'succeeded' && state === 'released') {
        await countAgain(tx, key, `${eventType} by ${caller}`)
        alarm('released_but_seen', 'a payment that was given back was signed: it counts again')
      } else if (status === 'succeeded' && state === undefined) {
        alarm('succeeded_unknown', 'something was signed that was never approved here')
      } else if (status === 'failed' && (state === 'held' || state === 'committed')) {
        if (releaseOnFailure) await releaseByEvent(tx, key, `${eventType} by ${caller}`)
        else alarm('failed_but_counted', 'the platform says that it failed; it stays counted until there is evidence')
      }
    }
  }
}
