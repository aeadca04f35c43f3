import { askedAtScrape, type Caller, type CallerConfig, type Database, type Logger } from '@callback-quorum/service'
import { Gauge, type Registry } from 'prom-client'
import { getFreeze } from './freeze.ts'
import { countDeferrals, type Deferrals } from './record/deferrals.ts'
import { countOwed } from './record/outbox-rows.ts'

type Platform = Caller['platform']

export interface StateMetricsOptions {
  readonly registry: Registry
  readonly database: Database
  readonly log: Logger
  readonly callers: readonly Pick<CallerConfig, 'name' | 'platform' | 'request_timeout'>[]
  readonly deadlineMs: Readonly<Record<Platform, number>>
}

/**
 * What the gateway's database and configuration say, declared once for a registry. Read when somebody scrapes, so that all replicas say
 * the same, also those that nobody asks; NaN while the database does not answer.
 */
export function createStateMetrics(options: StateMetricsOptions): void {
  const { registry, database, log } = options
  const registers = [registry]
  const state = askedAtScrape('gateway state', () => readState(database), log)
  new Gauge({
    name: 'callback_quorum_frozen',
    help: '1 while frozen: nothing is approved',
    registers,
    async collect() {
      this.set((await state())?.frozen ?? Number.NaN)
    },
  })
  new Gauge({
    name: 'callback_quorum_outbox_owed',
    help: 'Outcome notices not yet acknowledged',
    registers,
    async collect() {
      this.set((await state())?.owed ?? Number.NaN)
    },
  })
  new Gauge({
    name: 'callback_quorum_outbox_oldest_seconds',
    help: 'Age of the oldest notice not yet acknowledged',
    registers,
    async collect() {
      this.set((await state())?.oldestSeconds ?? Number.NaN)
    },
  })
  const platforms = new Set(options.callers.map(({ platform }) => platform))
  const deferralGauge = (name: string, help: string, valueOf: (deferrals: Deferrals) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['platform'],
      registers,
      async collect() {
        const now = await state()
        for (const platform of platforms) {
          this.set({ platform }, now === undefined ? Number.NaN : valueOf(now.deferrals[platform]))
        }
      },
    })
  deferralGauge(
    'callback_quorum_deferrals_open',
    'Requests that were deferred, are not decided, and may be asked again',
    ({ open }) => open,
  )
  deferralGauge(
    'callback_quorum_deferral_oldest_seconds',
    'How long the oldest deferred request has been waiting since it was first asked; 0 when none waits',
    ({ oldestSeconds }) => oldestSeconds,
  )
  declareDeadlines(options, platforms)
}

interface State {
  readonly frozen: 0 | 1
  readonly owed: number
  readonly oldestSeconds: number
  readonly deferrals: Readonly<Record<Platform, Deferrals>>
}

/** One after the other: a scrape must not take the connections that decisions need. */
async function readState(database: Database): Promise<State> {
  const { frozen } = await getFreeze(database)
  const { owed, oldestSeconds } = await countOwed(database)
  return { frozen: frozen ? 1 : 0, owed, oldestSeconds, deferrals: await countDeferrals(database) }
}

/** What headroom and latency are compared with. */
function declareDeadlines(
  { registry, callers, deadlineMs }: StateMetricsOptions,
  platforms: ReadonlySet<Platform>,
): void {
  const registers = [registry]
  const deadline = new Gauge({
    name: 'callback_quorum_deadline_seconds',
    help: 'Within which a request of the platform is decided or deferred, as configured',
    labelNames: ['platform'],
    registers,
  })
  for (const platform of platforms) deadline.set({ platform }, deadlineMs[platform] / 1_000)
  const patience = new Gauge({
    name: 'callback_quorum_caller_timeout_seconds',
    help: 'How long a caller waits for one answer (its request_timeout, as configured here)',
    labelNames: ['caller', 'platform'],
    registers,
  })
  for (const { name, platform, request_timeout: timeoutMs } of callers) {
    patience.set({ caller: name, platform }, timeoutMs / 1_000)
  }
}
