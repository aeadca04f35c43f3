import { Worker } from 'node:worker_threads'
import { SanctionsFault } from '../faults.ts'
import type { FormatOptions } from '../formats/format.ts'
import type { ParsedFile } from './listed-row.ts'
import type { ParseResult, ParseTask } from './load-worker.ts'
import { UNPACKED_BYTES_MAX } from '../formats/read-list-file.ts'

export interface ParseLimits {
  readonly unpackedBytesMax: number
  readonly timeoutMs: number
  readonly heapMegabytesMax: number
}

/** The full list of 2025-11-19 (121 MB) takes 4.5 s on 2 shared cores; a file that needs more than these is not what it says. */
export const PARSE_LIMITS: ParseLimits = {
  unpackedBytesMax: UNPACKED_BYTES_MAX,
  timeoutMs: 120_000,
  heapMegabytesMax: 512,
}

// Sources run as .ts (type stripping, vitest), the build as .js; the worker is the sibling with the same ending.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './load-worker.ts' : './load-worker.js', import.meta.url)

/** Parses a list file in a worker thread, so that callbacks are answered meanwhile. Throws SanctionsFault. */
export async function parseListFile(
  path: string,
  options: FormatOptions,
  limits: ParseLimits = PARSE_LIMITS,
): Promise<ParsedFile> {
  const { promise, resolve, reject } = Promise.withResolvers<ParsedFile>()
  const stopped = (why: string, cause?: unknown): void => {
    reject(new SanctionsFault('ERR_SANCTIONS_PARSER_STOPPED', why, { cause }))
  }
  const worker = new Worker(WORKER_URL, {
    workerData: { path, options, unpackedBytesMax: limits.unpackedBytesMax } satisfies ParseTask,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytesMax },
    execArgv: [],
  })
  worker.once('message', (message: ParseResult) => {
    if (message.result === 'parsed') resolve(message.list)
    else reject(new SanctionsFault(message.code, message.message))
  })
  worker.once('error', (error) => {
    stopped('the parser thread failed', error)
  })
  worker.once('exit', (code) => {
    stopped(`the parser thread left with code ${String(code)} and no result`)
  })
  const timer = setTimeout(() => {
    stopped(`the parser needed more than ${String(limits.timeoutMs)} ms`)
  }, limits.timeoutMs)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
