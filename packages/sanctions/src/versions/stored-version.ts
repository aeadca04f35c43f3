import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, Logger, Sql, Transaction } from '@callback-quorum/service'
import type { FormatOptions } from '../formats/format.ts'
import type { ListedRow, ParsedFile } from '../list/listed-row.ts'
import type { ParseLimits } from '../list/load-list.ts'
import { lockSource } from './activate-version.ts'
import { hasBytes, insertBytes, readBytes } from './bytes-store.ts'
import { diffRows } from './diff-rows.ts'
import { insertRemovals } from './held-removals.ts'
import type { ListVersion } from './list-version.ts'
import { parseFile } from './load-rows.ts'
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
  readonly limits: ParseLimits
  readonly reportOnlyListIds: ReadonlySet<string>
  /** Where raw bytes are unpacked to be read anew; of our own. */
  readonly directory: string
}

/** The rows of a version as one reading has them; by default the reading that took it in. */
export const readStoredRows = (
  sql: Sql,
  version: ListVersion,
  reading = version.reading,
): Promise<readonly ListedRow[]> => unpackRows(readBytes(sql, version.id, { part: 'rows', reading }))

/**
 * A stored version, read as this process reads lists. Another parser or other options than the stored rows were made with read the raw
 * bytes anew; whatever they no longer find is held like a removal. When they cannot read them, the stored rows stand.
 */
export async function readStoredVersion(reading: Reading, version: ListVersion): Promise<ParsedFile> {
  const { database, format } = reading
  const mine = readingOf(format)
  const part = { part: 'rows', reading: mine } as const
  const isKnown = mine === version.reading || (await hasBytes(database, version.id, part))
  const { rows, codes } = isKnown
    ? { rows: await readStoredRows(database, version, mine), codes: version.codes }
    : await readAnew(reading, version)
  return {
    sha256: version.sha256,
    ...(version.dateOfIssue === undefined ? {} : { dateOfIssue: version.dateOfIssue }),
    codes,
    rows,
  }
}

type Read = Pick<ParsedFile, 'codes' | 'rows'>

async function readAnew(reading: Reading, version: ListVersion): Promise<Read> {
  const { database, log, reportOnlyListIds, format } = reading
  const stored = await readStoredRows(database, version)
  const mine = readingOf(format)
  try {
    const { rows, codes } = await parseRaw(reading, version)
    const policy = { delistingHold: 'ack', reportOnlyListIds } as const
    const removals = await removalsOf(await diffRows(stored, rows), rows, policy)
    await database.transaction(
      async (tx) => {
        await lockSource(tx, version.source)
        // Another replica may have been first.
        if (await hasBytes(tx, version.id, { part: 'rows', reading: mine })) return
        await storeReading(tx, version.id, mine, { codes, rows })
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
    log.warn(
      { event: 'read_anew', source: version.source, versionSha: version.sha256, reading: mine, held },
      'list read anew',
    )
    return { rows, codes }
  } catch (err) {
    log.error(
      { err, source: version.source, versionSha: version.sha256 },
      'list cannot be read anew: its stored rows stand',
    )
    return { rows: stored, codes: version.codes }
  }
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

/** The very bytes that were delivered, through the parser once more. */
async function parseRaw({ database, format, limits, directory }: Reading, version: ListVersion): Promise<Read> {
  const [raw] = await database.query<{ raw_packed: boolean }>({
    text: 'select raw_packed from list_version where version_id = $1',
    values: [version.id],
  })
  const path = join(directory, `raw-${randomUUID()}${raw?.raw_packed === true ? '' : '.gz'}`)
  try {
    await unpackRaw(readBytes(database, version.id, { part: 'raw' }), raw?.raw_packed === true, path)
    const parsed = await parseFile(path, format, limits)
    if (parsed.sha256 !== version.sha256) throw new Error('the stored bytes are not those of the version')
    return parsed
  } finally {
    await rm(path, { force: true })
  }
}
