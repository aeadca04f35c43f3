import type { Database, Logger } from '@callback-quorum/service'
import { Counter, Gauge, type Registry } from 'prom-client'

export interface DeskMetrics {
  readonly overridesVoid: Counter
}

const PREFIX = 'callback_quorum_sanctions_'

/** Counts of the desk, read from the database when somebody looks: every replica says the same. NaN while the database does not answer. */
export function createDeskMetrics(registry: Registry, database: Database, log: Logger): DeskMetrics {
  const gauge = (name: string, help: string, text: string): Gauge =>
    new Gauge({
      name: PREFIX + name,
      help,
      registers: [registry],
      async collect() {
        try {
          const [row] = await database.query<{ count: bigint }>({ text })
          this.set(Number(row?.count))
        } catch (err) {
          log.warn({ err, metric: PREFIX + name }, 'a metric could not be read')
          this.set(Number.NaN)
        }
      },
    })
  const overrides = 'select count(*) as count from allow_override where revoked_at is null and expires_at > clock_now()'
  gauge('override_active', 'Overrides of list matches that allow something now', overrides)
  gauge(
    'override_expiring_7d',
    'Overrides that allow something now and no more in seven days',
    `${overrides} and expires_at <= clock_now() + interval '7 days'`,
  )
  gauge(
    'blocks_active',
    'Blocks of our own that are in force',
    `select count(*) as count from manual_block
     where revoked_at is null and effective_from <= clock_now() and (expires_at is null or expires_at > clock_now())`,
  )
  return {
    overridesVoid: new Counter({
      name: `${PREFIX}overrides_void_total`,
      help: 'Payments that an override would have allowed, had the list not changed since',
      registers: [registry],
    }),
  }
}
