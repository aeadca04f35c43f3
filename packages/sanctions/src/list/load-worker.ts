import { parentPort, workerData } from 'node:worker_threads'
import { SanctionsFault, type SanctionsFaultCode } from '../faults.ts'
import type { ParsedFile } from './listed-row.ts'
import type { FormatOptions } from '../formats/format.ts'
import { readListFile } from '../formats/read-list-file.ts'

export interface ParseTask {
  readonly path: string
  readonly options: FormatOptions
  readonly unpackedBytesMax: number
}

/** Faults cross the thread border as data: a cloned Error would lose its code. */
export type ParseResult =
  | { readonly result: 'parsed'; readonly list: ParsedFile }
  | { readonly result: 'fault'; readonly code: SanctionsFaultCode; readonly message: string }

async function run({ path, options, unpackedBytesMax }: ParseTask): Promise<ParseResult> {
  try {
    return { result: 'parsed', list: await readListFile(path, options, unpackedBytesMax) }
  } catch (error) {
    if (!(error instanceof SanctionsFault)) throw error
    return { result: 'fault', code: error.code, message: error.message }
  }
}

parentPort?.postMessage(await run(workerData as ParseTask))
