import { Counter, Gauge, type Registry } from 'prom-client'
import type { ListReader } from './list/list-reader.ts'

export type SanctionsMetrics = ReturnType<typeof createSanctionsMetrics>

/** Every metric of sanctions, declared once. Labels are list names and the codes of lists, never addresses. */
export function createSanctionsMetrics(registry: Registry, readers: () => readonly ListReader[], nowMs: () => number) {
  const registers = [registry]
  const gauge = (name: string, help: string, read: (reader: ListReader) => number | undefined): Gauge<'source'> =>
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
      help: 'Attempts to load a list: activated, unchanged (only its age was renewed) or failed',
      labelNames: ['source', 'result'] as const,
      registers,
    }),
  }
}
