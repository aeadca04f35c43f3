import { parentPort, workerData } from 'node:worker_threads'
import { SanctionsFault, type SanctionsFaultCode } from '../faults.ts'
import type { FormatOptions } from '../formats/format.ts'
import { readListFile } from '../formats/read-list-file.ts'
import { imageBuffers, IndexBuilder, type IndexImage } from './index-builder.ts'
import type { ListedRow, ListVersion } from './listed-row.ts'
import { readRowsFile } from './read-rows-file.ts'

/** Where the rows of a list come from: a file as it was published, or rows of a version as we stored them (one JSON object a line, or that packed with gzip). */
export type ListInput =
  | { readonly from: 'file'; readonly path: string; readonly options: FormatOptions }
  | { readonly from: 'rows'; readonly path: string; readonly version: ListVersion }

export interface WorkerTask {
  readonly input: ListInput
  readonly unpackedBytesMax: number
  readonly rowsMax: number
  /** So many held rows come by message, in batches. */
  readonly heldRows: number
}

/** Faults cross the thread border as data: a cloned Error would lose its code. */
export type WorkerResult =
  | { readonly result: 'loaded'; readonly version: ListVersion; readonly image: IndexImage }
  | { readonly result: 'fault'; readonly code: SanctionsFaultCode; readonly message: string }

async function run({ input, unpackedBytesMax, rowsMax, heldRows }: WorkerTask): Promise<WorkerResult> {
  try {
    const held = receive(heldRows)
    const builder = new IndexBuilder()
    const add = (row: ListedRow): void => {
      if (builder.length >= rowsMax)
        throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `more than ${String(rowsMax)} rows`)
      builder.add(row)
    }
    const version = await read(input, unpackedBytesMax, add)
    return { result: 'loaded', version, image: builder.finish(await held) }
  } catch (error) {
    if (!(error instanceof SanctionsFault)) throw error
    return { result: 'fault', code: error.code, message: error.message }
  }
}

async function read(input: ListInput, bytesMax: number, add: (row: ListedRow) => void): Promise<ListVersion> {
  if (input.from === 'rows') {
    await readRowsFile(input.path, bytesMax, add)
    return input.version
  }
  const { rows, ...version } = await readListFile(input.path, input.options, bytesMax)
  for (const row of rows) add(row)
  return version
}

function receive(count: number): Promise<readonly ListedRow[]> {
  const held: ListedRow[] = []
  const { promise, resolve } = Promise.withResolvers<readonly ListedRow[]>()
  if (count === 0) resolve(held)
  parentPort?.on('message', (batch: readonly ListedRow[]) => {
    for (const row of batch) held.push(row)
    if (held.length === count) resolve(held)
  })
  return promise
}

const outcome = await run(workerData as WorkerTask)
parentPort?.postMessage(outcome, outcome.result === 'loaded' ? imageBuffers(outcome.image) : [])
