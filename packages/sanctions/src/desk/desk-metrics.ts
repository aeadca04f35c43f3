import { askedAtScrape, type Logger, type Sql } from '@callback-quorum/service'
import { Counter, Gauge, type Registry } from 'prom-client'

export interface DeskMetrics {
  readonly overridesVoid: Counter
}

const PREFIX = 'callback_quorum_sanctions_'

/**
 * Counts of the desk, read from the database when somebody looks: every replica says the same. NaN while the database does not answer, which
 * neither a scrape nor more than one connection waits for.
 */
export function createDeskMetrics(registry: Registry, database: Sql, log: Logger): DeskMetrics {
  const counts = askedAtScrape('sanctions desk', () => readCounts(database), log)
  const gauge = (name: string, help: string, countOf: (counts: Counts) => bigint): Gauge =>
    new Gauge({
      name: PREFIX + name,
      help,
      registers: [registry],
      async collect() {
        const now = await counts()
        this.set(now === undefined ? Number.NaN : Number(countOf(now)))
      },
    })
  gauge('override_active', 'Overrides of list matches that allow something now', ({ overrides }) => overrides)
  gauge(
    'override_expiring_7d',
    'Overrides that allow something now and no more in seven days',
    ({ expiring }) => expiring,
  )
  gauge('blocks_active', 'Blocks of our own that are in force', ({ blocks }) => blocks)
  return {
    overridesVoid: new Counter({
      name: `${PREFIX}overrides_void_total`,
      help: 'Payments that an override would have allowed, had the list not changed since',
      registers: [registry],
    }),
  }
}

interface Counts {
  readonly overrides: bigint
  readonly expiring: bigint
  readonly blocks: bigint
}

const OVERRIDES = 'select count(*) from allow_override where revoked_at is null and expires_at > clock_now()'
const BLOCKS = `select count(*) from manual_block
  where revoked_at is null and effective_from <= clock_now() and (expires_at is null or expires_at > clock_now())`

async function readCounts(database: Sql): Promise<Counts> {
  const [counts] = await database.query<Counts>({
    text: `select (${OVERRIDES}) as overrides,
             (${OVERRIDES} and expires_at <= clock_now() + interval '7 days') as expiring,
             (${BLOCKS}) as blocks`,
  })
  if (counts === undefined) throw new Error('invariant: a select without a from clause has one row')
  return counts
}
