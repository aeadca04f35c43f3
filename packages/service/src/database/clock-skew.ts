import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import { startPeriodic } from '../lifecycle/periodic.ts'
import type { Stoppable } from '../lifecycle/run-until-signal.ts'
import type { Logger } from '../log.ts'
import type { Sql } from './database.ts'

/** As often as Prometheus looks. */
const EVERY_MS = 15_000

export interface ClockSkewOptions {
  readonly registry: Registry
  readonly database: Sql
  readonly clock: Clock
  readonly log: Logger
  /** Milliseconds; for tests. */
  readonly everyMs?: number
}

/**
 * Compares our clock, which tokens are judged by, with that of the database, which limits and deadlines are judged by. What the answer
 * took is halved, so the error is at most half a round trip. Without an answer there is no series.
 */
export function startClockSkew({ registry, database, clock, log, everyMs = EVERY_MS }: ClockSkewOptions): Stoppable {
  let skewSeconds: number | undefined
  new Gauge({
    name: 'callback_quorum_clock_skew_seconds',
    help: 'Our clock minus that of the database; absent while the database does not answer',
    labelNames: [],
    registers: [registry],
    collect() {
      // Without labels prom-client would say 0 where nothing was set.
      this.remove()
      if (skewSeconds !== undefined) this.set(skewSeconds)
    },
  })
  return startPeriodic({
    name: 'clock skew',
    everyMs,
    log,
    work: async () => {
      try {
        skewSeconds = await measure(database, clock)
      } catch (error) {
        skewSeconds = undefined
        throw error
      }
      return false
    },
  })
}

async function measure(database: Sql, clock: Clock): Promise<number> {
  const beforeMs = clock.nowMs()
  const [row] = await database.query<{ now: Date }>({ name: 'clock_now', text: 'select clock_now() as now' })
  const afterMs = clock.nowMs()
  if (row === undefined) throw new Error('invariant: a select without a from clause has one row')
  return ((beforeMs + afterMs) / 2 - row.now.getTime()) / 1_000
}
