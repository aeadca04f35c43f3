import { Counter, Gauge, type Registry } from 'prom-client'
import type { ListReader } from './list/list-reader.ts'
import type { SourceState } from './versions/source-store.ts'

/** What is measured of a source: what it screens with, and what the database says of it. */
export interface MeasuredSource extends ListReader {
  state(): SourceState | undefined
}

export type SanctionsMetrics = ReturnType<typeof createSanctionsMetrics>

/** Every metric of sanctions, declared once. Labels are list names and the codes of lists, never addresses. */
export function createSanctionsMetrics(
  registry: Registry,
  readers: () => readonly MeasuredSource[],
  nowMs: () => number,
) {
  const registers = [registry]
  const gauge = (name: string, help: string, read: (reader: MeasuredSource) => number | undefined): Gauge<'source'> =>
    new Gauge({
      name: `callback_quorum_sanctions_${name}`,
      help,
      labelNames: ['source'] as const,
      registers,
      collect() {
        for (const reader of readers()) {
          const value = read(reader)
          if (value !== undefined) this.set({ source: reader.name }, value)
        }
      },
    })
  return {
    checkedAge: gauge(
      'list_checked_age_seconds',
      'Age of the last check of the list; absent for a list that does not age',
      (reader) => {
        const checkedAtMs = reader.active()?.checkedAtMs
        return checkedAtMs === undefined ? undefined : (nowMs() - checkedAtMs) / 1000
      },
    ),
    published: gauge('list_published_timestamp_seconds', 'Date of issue of the active version', (reader) => {
      const dateOfIssue = reader.active()?.index.dateOfIssue
      return dateOfIssue === undefined ? undefined : Date.parse(dateOfIssue) / 1000
    }),
    isLoaded: gauge('list_loaded', '1 when a version of the list is active', (reader) =>
      reader.active() === undefined ? 0 : 1,
    ),
    isStarter: gauge('list_is_starter', '1 when the list is the packaged one for demonstrations', (reader) =>
      reader.active()?.isStarter === true ? 1 : 0,
    ),
    unparsed: gauge(
      'list_unparsed_rows',
      'Listed values that are not address-shaped',
      (reader) => reader.active()?.index.unparsed,
    ),
    opaque: gauge(
      'list_opaque_rows',
      'Listed values that no chain reads: matched as exact strings only',
      (reader) => reader.active()?.index.opaque,
    ),
    isQuarantined: gauge('list_quarantined', '1 while what the publisher gave last waits for two people', (reader) => {
      const state = reader.state()
      return state === undefined ? undefined : Number(state.isPublishedQuarantined)
    }),
    heldRemovals: gauge(
      'list_removals_held',
      'Rows that the active version no longer has and that block until two people acknowledge their removal',
      (reader) => reader.state()?.heldRemovals,
    ),
    syncedAge: gauge(
      'list_synced_age_seconds',
      'Since this process last knew that it screens with what the database says; past 60 it decides nothing',
      (reader) => {
        const syncedAtMs = reader.active()?.syncedAtMs
        return syncedAtMs === undefined ? undefined : (nowMs() - syncedAtMs) / 1000
      },
    ),
    rows: new Gauge({
      name: 'callback_quorum_sanctions_list_rows',
      help: 'Listed addresses of the active version, by the code they are filed under',
      labelNames: ['source', 'code'] as const,
      registers,
      collect() {
        this.reset()
        for (const reader of readers())
          for (const [code, rows] of reader.active()?.index.rowsByCode ?? [])
            this.set({ source: reader.name, code }, rows)
      },
    }),
    newCodes: new Counter({
      name: 'callback_quorum_sanctions_new_codes_total',
      help: 'Codes that a version declares and the one before did not',
      labelNames: ['source'] as const,
      registers,
    }),
    refreshes: new Counter({
      name: 'callback_quorum_sanctions_refresh_total',
      help: 'Attempts to refresh a list: activated, unchanged (only its age was renewed), quarantined, refused, outdated or failed',
      labelNames: ['source', 'result'] as const,
      registers,
    }),
  }
}
