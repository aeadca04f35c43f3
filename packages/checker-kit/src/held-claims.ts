import type { Kind } from '@callback-quorum/protocol'
import { startPeriodic, type Logger, type Sql, type Stoppable } from '@callback-quorum/service'
import { Gauge, type Registry } from 'prom-client'

/** As often as Prometheus looks. */
const EVERY_MS = 15_000
/** Of a long ledger the count takes long, and may then take a fiftieth of one connection's time. */
const PAUSE_FACTOR = 50

export interface HeldClaimsOptions {
  readonly registry: Registry
  readonly database: Sql
  readonly log: Logger
  /** Those that the rules judge. */
  readonly kinds: Iterable<Kind>
  /** Milliseconds; for tests. */
  readonly everyMs?: number
}

/** Measures how many business keys are held. Absent until counted, and while the database does not answer. */
export function startHeldClaims(o: HeldClaimsOptions): Stoppable {
  const { registry, database, log, kinds, everyMs = EVERY_MS } = o
  const gauge = new Gauge({
    name: 'callback_quorum_claims_held',
    help: 'Business keys that an approval of the kind holds now; one that is held by an approval and by a signing counts for both',
    labelNames: ['kind'],
    registers: [registry],
  })
  let pausedUntilMs = 0
  return startPeriodic({
    name: 'held claims',
    everyMs,
    log,
    work: async () => {
      const startedMs = performance.now()
      if (startedMs < pausedUntilMs) return false
      try {
        const held = await countHeld(database)
        for (const kind of new Set([...kinds, ...held.keys()])) gauge.set({ kind }, held.get(kind) ?? 0)
      } catch (error) {
        gauge.reset()
        throw error
      } finally {
        // In vain too: a ledger that is too long to be counted in time would otherwise be counted without an end.
        const endedMs = performance.now()
        pausedUntilMs = endedMs + (endedMs - startedMs) * PAUSE_FACTOR
      }
      return false
    },
  })
}

async function countHeld(database: Sql): Promise<ReadonlyMap<Kind, number>> {
  const rows = await database.query<{ kind: Kind; held: bigint }>({
    name: 'count-held',
    text: `select kind, count(*) as held from (select distinct kind, business_key from attempt where holds) as held_by_kind group by kind`,
  })
  return new Map(rows.map(({ kind, held }) => [kind, Number(held)]))
}
