import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, Logger, Sql, Transaction } from '@callback-quorum/service'
import type { FormatOptions } from '../formats/format.ts'
import { SanctionsFault } from '../faults.ts'
import type { ListedRow, ParsedFile } from '../list/listed-row.ts'
import { loadList, type LoadedList, type LoadLimits } from '../list/load-list.ts'
import { lockSource } from './activate-version.ts'
import { hasBytes, insertBytes, readBytes } from './bytes-store.ts'
import { diffRows } from './diff-rows.ts'
import { insertRemovals } from './held-removals.ts'
import type { ListVersion } from './list-version.ts'
import { loadRows } from './load-rows.ts'
import { unpackRaw } from './raw-bytes.ts'
import { readingOf } from './reading.ts'
import { removalsOf } from './removals-of.ts'
import { packRows, unpackRows } from './row-lines.ts'

/** A version of a million rows is written in a minute. */
export const STORE_MS_MAX = 120_000

export interface Reading {
  readonly database: Database
  readonly log: Logger
  readonly format: FormatOptions
  readonly limits: LoadLimits
  readonly reportOnlyListIds: ReadonlySet<string>
  /** Where bytes are unpacked to be read; of our own. */
  readonly directory: string
}

/** The rows of a version as one reading has them; by default the reading that took it in. */
export const readStoredRows = (
  sql: Sql,
  version: ListVersion,
  reading = version.reading,
): Promise<readonly ListedRow[]> => unpackRows(readBytes(sql, version.id, { part: 'rows', reading }))

/**
 * A stored version as this process reads lists, with the rows of `readHeld`. Another parser or other options than the stored rows were
 * made with read the raw bytes anew; whatever they no longer find is held like a removal. When they cannot read them, the stored rows
 * stand. Throws SanctionsFault, ServiceFault.
 */
export async function loadStoredVersion(
  reading: Reading,
  version: ListVersion,
  loadedAtMs: number,
  readHeld: () => Promise<readonly ListedRow[]>,
): Promise<LoadedList> {
  const { database, format, limits, directory } = reading
  const mine = readingOf(format)
  const isKnown = mine === version.reading || (await hasBytes(database, version.id, { part: 'rows', reading: mine }))
  const isRead = isKnown || (await readAnew(reading, version))
  // After reading anew, which may hold more.
  const held = await readHeld()
  return loadRows(database, version, isRead ? mine : version.reading, held, { limits, directory, loadedAtMs })
}

/** False when the bytes cannot be read so. */
async function readAnew(reading: Reading, version: ListVersion): Promise<boolean> {
  const { database, log, reportOnlyListIds, format } = reading
  const mine = readingOf(format)
  const about = { source: version.source, versionSha: version.sha256, reading: mine }
  let read: LoadedList['file']
  try {
    read = (await loadRaw(reading, version, 0)).file
  } catch (err) {
    log.error({ err, ...about }, 'list cannot be read anew: its stored rows stand')
    return false
  }
  const stored = await readStoredRows(database, version)
  const policy = { delistingHold: 'ack', reportOnlyListIds } as const
  const removals = await removalsOf(await diffRows(stored, read.rows), read.rows, policy)
  await database.transaction(
    async (tx) => {
      const active = await lockSource(tx, version.source)
      // Another replica may have been first.
      if (await hasBytes(tx, version.id, { part: 'rows', reading: mine })) return
      await storeReading(tx, version.id, mine, read)
      // What a version no longer gives matters while it screens: what was let go of long ago stays so.
      if (active !== version.id) return
      const by = { version: version.id, sha256: version.sha256, reading: mine }
      await insertRemovals(tx, version.source, by, removals)
      await tx.query({
        text: 'update list_source set revision = revision + 1 where source = $1',
        values: [version.source],
      })
    },
    { timeoutMs: STORE_MS_MAX },
  )
  const held = removals.filter(({ state }) => state === 'held').length
  log.warn({ event: 'read_anew', ...about, held }, 'list read anew, by another parser or with other options')
  return true
}

/** Keeps what a reading made of a version. It is the one that the next version is compared with. */
export async function storeReading(
  tx: Transaction,
  versionId: bigint,
  reading: string,
  { codes, rows }: Pick<ParsedFile, 'codes' | 'rows'>,
): Promise<void> {
  if (await hasBytes(tx, versionId, { part: 'rows', reading })) return
  await insertBytes(tx, versionId, { part: 'rows', reading }, packRows(rows))
  await tx.query({
    text: 'update list_version set reading = $2, codes = $3 where version_id = $1',
    values: [versionId, reading, [...codes]],
  })
}

/** The very bytes that were delivered, through the parser once more. Throws SanctionsFault, ServiceFault. */
export async function loadRaw(
  { database, format, limits, directory }: Pick<Reading, 'database' | 'format' | 'limits' | 'directory'>,
  version: ListVersion,
  loadedAtMs: number,
  held: readonly ListedRow[] = [],
): Promise<LoadedList> {
  const [raw] = await database.query<{ raw_packed: boolean }>({
    text: 'select raw_packed from list_version where version_id = $1',
    values: [version.id],
  })
  const path = join(directory, `raw-${randomUUID()}`)
  try {
    await unpackRaw(readBytes(database, version.id, { part: 'raw' }), raw?.raw_packed === true, path)
    const loaded = await loadList(
      { from: 'file', path, options: format, source: version.source, loadedAtMs, extraRows: held },
      limits,
    )
    if (loaded.file.sha256 !== version.sha256)
      throw new SanctionsFault('ERR_SANCTIONS_STORE_BROKEN', 'the stored bytes are not those of the version')
    return loaded
  } finally {
    await rm(path, { force: true })
  }
}
