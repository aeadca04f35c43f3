import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { SanctionsFault } from '../../src/faults.ts'
import type { FormatName, FormatOptions } from '../../src/formats/format.ts'
import { openFormat } from '../../src/formats/open-format.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../../src/formats/read-list-file.ts'
import type { ParsedFile, ParsedList } from '../../src/list/listed-row.ts'

/** Listed by OFAC; one of each kind of spelling. */
export const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
export const BECH32 = 'bc1qv7k70u2zynvem59u88ctdlaw7hc735d8xep9rq'
export const ETH = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
export const TRX = 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq'

/** Reads the content as a file of its own, as the worker does. */
export async function readContent(
  content: string | Uint8Array,
  options: FormatOptions,
  unpackedBytesMax = UNPACKED_BYTES_MAX,
): Promise<ParsedFile> {
  const directory = await mkdtemp(join(tmpdir(), 'sanctions-format-'))
  try {
    const file = join(directory, 'list')
    await writeFile(file, content)
    return await readListFile(file, options, unpackedBytesMax)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Reads the pieces without a file. */
export function readPieces(pieces: Iterable<string>, options: FormatOptions): ParsedList {
  const reader = openFormat(options)
  for (const piece of pieces) reader.write(piece)
  return reader.end()
}

export const readText = (text: string, format: FormatName): ParsedList => readPieces([text], { format })

/** Code and message of the fault; fails the test when there is none. */
export async function faultOf(read: () => unknown): Promise<string> {
  const outcome = await Promise.resolve()
    .then(read)
    .then(
      () => 'parsed',
      (error: unknown) => error,
    )
  expect(outcome).toBeInstanceOf(SanctionsFault)
  return outcome instanceof SanctionsFault ? `${outcome.code.replace('ERR_SANCTIONS_', '')} ${outcome.message}` : ''
}

export const valuesOf = ({ rows }: ParsedList): string[] => rows.map(({ value }) => value)
