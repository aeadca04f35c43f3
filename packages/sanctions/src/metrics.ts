import { Counter, Gauge, type Registry } from 'prom-client'
import type { ListReader } from './list/list-reader.ts'
import type { SourceState } from './versions/source-store.ts'

export type SanctionsMetrics = ReturnType<typeof createSanctionsMetrics>

/** What is measured of a source: what it screens with, and what the database says of it. */
export interface MeasuredSource extends ListReader {
  state(): SourceState | undefined
}

type Read = (source: MeasuredSource, nowMs: () => number) => number | undefined

const PREFIX = 'callback_quorum_sanctions_'

const ageSeconds = (sinceMs: number | undefined, nowMs: () => number): number | undefined =>
  sinceMs === undefined ? undefined : (nowMs() - sinceMs) / 1000

/** One value of each source; undefined: the series is absent. */
const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  [
    'list_checked_age_seconds',
    'Age of the last check of the list; absent for a list that does not age',
    (source, nowMs) => ageSeconds(source.active()?.checkedAtMs, nowMs),
  ],
  [
    'list_synced_age_seconds',
    'Since this process last knew that it screens with what the database says; past 60 it decides nothing',
    (source, nowMs) => ageSeconds(source.active()?.syncedAtMs, nowMs),
  ],
  [
    'list_published_timestamp_seconds',
    'Date of issue of the active version',
    (source) => {
      const dateOfIssue = source.active()?.index.dateOfIssue
      return dateOfIssue === undefined ? undefined : Date.parse(dateOfIssue) / 1000
    },
  ],
  ['list_loaded', '1 when a version of the list is active', (source) => Number(source.active() !== undefined)],
  [
    'list_is_starter',
    '1 when the list is the packaged one for demonstrations',
    (source) => Number(source.active()?.isStarter === true),
  ],
  ['list_unparsed_rows', 'Listed values that are not address-shaped', (source) => source.active()?.index.unparsed],
  [
    'list_opaque_rows',
    'Listed values that no chain reads: matched as exact strings only',
    (source) => source.active()?.index.opaque,
  ],
  [
    'list_quarantined',
    '1 while what the publisher gave last waits for two people',
    (source) => {
      const state = source.state()
      return state === undefined ? undefined : Number(state.isPublishedQuarantined)
    },
  ],
  [
    'list_removals_held',
    'Rows that the active version no longer has and that block until two people acknowledge their removal',
    (source) => source.state()?.heldRemovals,
  ],
]

/** Every metric of lists, declared once. Labels are list names and the codes of lists, never addresses. */
export function createSanctionsMetrics(
  registry: Registry,
  sources: () => readonly MeasuredSource[],
  nowMs: () => number,
) {
  const registers = [registry]
  const labelNames = ['source'] as const
  for (const [name, help, read] of GAUGES)
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      registers,
      collect() {
        for (const source of sources()) {
          const value = read(source, nowMs)
          if (value !== undefined) this.set({ source: source.name }, value)
        }
      },
    })
  new Gauge({
    name: `${PREFIX}list_rows`,
    help: 'Listed addresses of the active version, by the code they are filed under',
    labelNames: ['source', 'code'] as const,
    registers,
    collect() {
      this.reset()
      for (const source of sources())
        for (const [code, rows] of source.active()?.index.rowsByCode ?? [])
          this.set({ source: source.name, code }, rows)
    },
  })
  return {
    newCodes: new Counter({
      name: `${PREFIX}new_codes_total`,
      help: 'Codes that a version declares and the one before did not',
      labelNames,
      registers,
    }),
    refreshes: new Counter({
      name: `${PREFIX}refresh_total`,
      help: 'Attempts to refresh a list: activated, unchanged (only its age was renewed), quarantined, refused, outdated or failed',
      labelNames: ['source', 'result'] as const,
      registers,
    }),
  }
}
