import { resolve } from 'node:path'
import type { Clock } from '@callback-quorum/service'
import { openFileDelivery } from './delivery/file-delivery.ts'
import { openHttpsDelivery } from './delivery/https-delivery.ts'
import type { Delivery } from './delivery/delivery.ts'
import { refreshMsOf, type ListEntry } from './list-entry.ts'
import { STARTER_LIST } from './starter-list.ts'

export interface OpenDeliveryOptions {
  /** Of the configuration file, which relative paths start from. */
  readonly directory: string
  /** An existing folder of our own, for bytes on their way. */
  readonly spool: string
  readonly clock: Clock
  readonly maxAgeMs: number | 'none'
  /** How often a file is looked at; for tests. */
  readonly fileEveryMs?: number
}

/** Where a configured list comes from: its url, its file, or the package. Throws ConfigError for what the operator must change. */
export async function openDelivery(entry: ListEntry, o: OpenDeliveryOptions): Promise<Delivery> {
  const pathOf = (path: string): string => resolve(o.directory, path)
  if (entry.url === undefined)
    return openFileDelivery({
      file: entry.file === undefined ? STARTER_LIST.file : pathOf(entry.file),
      // A list without age has nobody who checks it; that it is the packaged one is seen to before it is taken.
      manifest: o.maxAgeMs === 'none' ? 'none' : 'required',
      directory: o.spool,
      clock: o.clock,
      ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
      ...(o.fileEveryMs === undefined ? {} : { everyMs: o.fileEveryMs }),
    })
  return openHttpsDelivery({
    url: entry.url,
    everyMs: refreshMsOf(entry),
    directory: o.spool,
    clock: o.clock,
    ...(entry.redirect_hosts === undefined ? {} : { redirectHosts: entry.redirect_hosts }),
    ...(entry.ca === undefined ? {} : { caFile: pathOf(entry.ca) }),
    ...(entry.token_file === undefined ? {} : { tokenFile: pathOf(entry.token_file) }),
  })
}
