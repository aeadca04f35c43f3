import { createLogger, type Database, type TestDatabase } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import type { ListedRow } from '../../src/list/listed-row.ts'
import { createFindBookEntries } from '../../src/history/book-entries.ts'
import { createHistoryMetrics } from '../../src/history/history-metrics.ts'
import { createLookback, type Lookback } from '../../src/history/lookback.ts'
import { readHits, type LookbackHit } from '../../src/history/lookback-hits.ts'
import { rememberScreened } from '../../src/history/remember-screened.ts'
import { ASSETS, bookOf, claim, payment } from '../similar/asked-as-kit.ts'
import { openScreenedDatabase } from '../similar/screened-database.ts'

export const DAY_MS = 24 * 3_600_000
export const SHA = 'a'.repeat(64)

export const row = (value: string, more: Partial<ListedRow> = {}): ListedRow => ({
  featureId: '1',
  code: 'ETH',
  value,
  partyId: '7',
  partyName: 'Somebody',
  programs: ['CYBER2'],
  listIds: ['1550'],
  unparsed: false,
  ...more,
})

export interface LookbackRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly registry: Registry
  readonly lookback: Lookback
  /** Lines of the log, as objects. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  /** An approval with this transaction id, now. */
  approve(id: string, chain: string, to: readonly string[]): Promise<void>
  /** That a version was activated which added these rows. */
  activate(added: readonly ListedRow[], versionSha?: string): Promise<void>
  hits(): Promise<readonly LookbackHit[]>
}

export interface RigOptions {
  readonly book?: string
  readonly settleMs?: number
}

/** A real database and the look back on it, whose second pass follows at once. */
export async function openLookbackRig({ book, settleMs = 0 }: RigOptions = {}): Promise<LookbackRig> {
  const { testDatabase, database } = await openScreenedDatabase()
  const registry = new Registry()
  const logged: Readonly<Record<string, unknown>>[] = []
  const lookback = createLookback({
    database,
    metrics: createHistoryMetrics(registry),
    log: createLogger({
      level: 'info',
      name: 'lookback',
      destination: { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
    }),
    settleMs,
    ...(book !== undefined && {
      findBookEntries: createFindBookEntries({ addresses: await bookOf(book), assets: ASSETS }),
    }),
  })
  onTestFinished(() => lookback.stop())
  return {
    testDatabase,
    database,
    registry,
    lookback,
    logged,
    approve: (id, chain, to) => claim(database, rememberScreened, payment(id, chain, to)),
    activate: (added, versionSha = SHA) => lookback.onActivated({ source: 'ofac-sdn', versionSha, diff: { added } }),
    hits: () => readHits(database, { rows: 100 }),
  }
}
