import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { SanctionsFault } from '../faults.ts'
import { UNPACKED_BYTES_MAX } from '../formats/read-list-file.ts'
import { openAddressIndex, type AddressIndex } from './address-index.ts'
import type { ListedRow, ParsedFile } from './listed-row.ts'
import type { ListInput, WorkerResult, WorkerTask } from './load-worker.ts'

export type LoadTask = ListInput & {
  readonly source: string
  readonly loadedAtMs: number
  /** Rows of earlier versions that match on until their removal is acknowledged. */
  readonly extraRows?: readonly ListedRow[]
}

export interface LoadedList {
  /** As it was read: without the extra rows. */
  readonly file: ParsedFile
  readonly index: AddressIndex
}

export interface LoadLimits {
  readonly unpackedBytesMax: number
  readonly rowsMax: number
  readonly timeoutMs: number
  readonly heapMegabytesMax: number
}

/**
 * The full OFAC list of 2025-11-19 (121 MB, 761 rows) takes 3 to 5 s on 2 shared cores, a million plain addresses 22 to 53 s; a file that
 * needs more than these is not what it says. Rows are bounded apart from the heap because an index lies outside of it: 215 bytes a row.
 */
export const LOAD_LIMITS: LoadLimits = {
  unpackedBytesMax: UNPACKED_BYTES_MAX,
  rowsMax: 3_000_000,
  timeoutMs: 120_000,
  heapMegabytesMax: 512,
}

/** Copying a row to or from another thread, or making its object, takes 1 to 3 us: other work waits a millisecond or two. */
const ROWS_PER_TURN = 500

// Sources run as .ts (type stripping, vitest), the build as .js; the worker is the sibling with the same ending.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './load-worker.ts' : './load-worker.js', import.meta.url)

/**
 * Reads, parses, canonicalises and indexes a list in a thread of its own, so that callbacks are answered meanwhile; the finished index
 * is handed over without a copy. All or nothing. Throws SanctionsFault.
 */
export async function loadIndex(task: LoadTask, limits: LoadLimits = LOAD_LIMITS): Promise<AddressIndex> {
  const { version, image } = await runWorker(task, limits)
  return openAddressIndex(task.source, version, image, task.loadedAtMs)
}

/** As `loadIndex`, and an object for each row of the version beside it, for whoever compares or stores them. */
export async function loadList(task: LoadTask, limits: LoadLimits = LOAD_LIMITS): Promise<LoadedList> {
  const { version, image } = await runWorker(task, limits)
  const index = openAddressIndex(task.source, version, image, task.loadedAtMs)
  return { file: { ...version, rows: await rowsInTurns(index) }, index }
}

type Loaded = Extract<WorkerResult, { readonly result: 'loaded' }>

async function runWorker({ extraRows = [], ...task }: LoadTask, limits: LoadLimits): Promise<Loaded> {
  const { promise, resolve, reject } = Promise.withResolvers<Loaded>()
  const stopped = (why: string, cause?: unknown): void => {
    reject(new SanctionsFault('ERR_SANCTIONS_PARSER_STOPPED', why, { cause }))
  }
  const { unpackedBytesMax, rowsMax, timeoutMs, heapMegabytesMax } = limits
  const worker = new Worker(WORKER_URL, {
    workerData: { input: task, unpackedBytesMax, rowsMax, heldRows: extraRows.length } satisfies WorkerTask,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    execArgv: [],
  })
  worker.once('message', (message: WorkerResult) => {
    if (message.result === 'loaded') resolve(message)
    else reject(new SanctionsFault(message.code, message.message))
  })
  worker.once('error', (error) => {
    stopped('the parser thread failed', error)
  })
  worker.once('exit', (code) => {
    stopped(`the parser thread left with code ${String(code)} and no result`)
  })
  const timer = setTimeout(() => {
    stopped(`the parser needed more than ${String(timeoutMs)} ms`)
  }, timeoutMs)
  try {
    const [loaded] = await Promise.all([promise, sendInTurns(worker, extraRows)])
    return loaded
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

async function sendInTurns(worker: Worker, rows: readonly ListedRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_TURN) {
    await nextTurn()
    worker.postMessage(rows.slice(from, from + ROWS_PER_TURN))
  }
}

async function rowsInTurns(index: AddressIndex): Promise<readonly ListedRow[]> {
  const rows: ListedRow[] = []
  while (rows.length < index.ownRows) {
    if (rows.length % ROWS_PER_TURN === 0) await nextTurn()
    rows.push(index.rowAt(rows.length))
  }
  return rows
}
