import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Sql } from '@callback-quorum/service'
import type { AddressIndex } from '../list/address-index.ts'
import type { ListedRow } from '../list/listed-row.ts'
import { loadList, type LoadedList, type LoadLimits } from '../list/load-list.ts'
import { readBytes } from './bytes-store.ts'
import type { ListVersion, VersionCounts } from './list-version.ts'

export interface LoadRowsOptions {
  readonly limits: LoadLimits
  /** Of our own, for rows on their way to the worker thread. */
  readonly directory: string
  readonly loadedAtMs: number
}

/**
 * Loads the rows that a reading made of a stored version, together with rows that are held although it no longer has them.
 * Throws SanctionsFault, ServiceFault.
 */
export async function loadRows(
  sql: Sql,
  version: ListVersion,
  reading: string,
  held: readonly ListedRow[],
  { limits, directory, loadedAtMs }: LoadRowsOptions,
): Promise<LoadedList> {
  const path = join(directory, `rows-${randomUUID()}`)
  try {
    const bytes = readBytes(sql, version.id, { part: 'rows', reading })
    await pipeline(Readable.from(bytes), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    const { source, sha256, dateOfIssue, codes } = version
    const known = { sha256, codes, ...(dateOfIssue === undefined ? {} : { dateOfIssue }) }
    return await loadList({ from: 'rows', path, version: known, source, loadedAtMs, extraRows: held }, limits)
  } finally {
    await rm(path, { force: true })
  }
}

/** What gates compare. */
export function countsOf({
  dateOfIssue,
  canonicalSetSha,
  rows,
  parties,
  unparsed,
  opaque,
  codes,
  rowsByCode,
}: AddressIndex): VersionCounts {
  return {
    ...(dateOfIssue === undefined ? {} : { dateOfIssue }),
    canonicalSetSha,
    rows,
    parties,
    unparsed,
    opaque,
    codes,
    rowsByCode: Object.fromEntries(rowsByCode),
  }
}
