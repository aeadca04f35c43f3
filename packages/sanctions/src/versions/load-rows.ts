import { link, rm } from 'node:fs/promises'
import type { FormatOptions } from '../formats/format.ts'
import { buildAddressIndex, type AddressIndex } from '../list/address-index.ts'
import type { ListedRow, ParsedFile } from '../list/listed-row.ts'
import { parseListFile, type ParseLimits } from '../list/load-list.ts'
import type { VersionCounts } from './list-version.ts'
import { isPacked, readHead } from './raw-bytes.ts'

/** Every call of the parser and of the index from here on goes through this file. */

/** Reads a list file in a worker thread. Throws SanctionsFault. */
export async function parseFile(path: string, options: FormatOptions, limits: ParseLimits): Promise<ParsedFile> {
  // The reader knows a packed file by its ending.
  const ending = isPacked(await readHead(path)) && !path.endsWith('.gz') ? '.gz' : ''
  const named = `${path}${ending}`
  if (named !== path) await link(path, named)
  try {
    return await parseListFile(named, options, limits)
  } finally {
    if (named !== path) await rm(named, { force: true })
  }
}

/** Looks up what `file` lists, and what is `held` although it no longer does. */
export async function indexRows(
  source: string,
  file: ParsedFile,
  held: readonly ListedRow[],
  loadedAtMs: number,
): Promise<AddressIndex> {
  const index = await buildAddressIndex(source, file, loadedAtMs)
  if (held.length === 0) return index
  const removals = await buildAddressIndex(source, { ...file, rows: held }, loadedAtMs)
  const rank = { L1: 0, L3: 1, L2: 2 } as const
  return Object.freeze({
    ...index,
    find: (...asked: Parameters<AddressIndex['find']>) =>
      [...index.find(...asked), ...removals.find(...asked)].sort((a, b) => rank[a.strength] - rank[b.strength]),
  })
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
