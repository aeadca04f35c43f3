import { randomBytes } from 'node:crypto'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMPORTED_MAX, type ImportedRecord } from '../business-system/api-routes.ts'
import { prepareFolders, writeYaml } from './configuration.ts'
import { freePorts } from './free-ports.ts'
import { LOOK_UP_TOKEN_FILE } from './yaml-files.ts'
import { exitText, ProcessFailed, startProcess, type RunningProcess } from './start-process.ts'

/** Beside the services' own, so that none of them meets it when ports are looked for. */
const FIRST_PORT = 11_030
/** Between our look for a free port and its own listen, another process may take it; more often than this is no accident. */
const START_ATTEMPTS_MAX = 3
const IMPORT_MS_MAX = 10_000
const TOKEN_BYTES = 32
/** Longer than anybody leaves a demonstration up. */
const VALID_FOR_MS = 172_800_000

/** A withdrawal for the books, ordered and decided by people of the demonstration. */
export type BookedWithdrawal = Pick<
  ImportedRecord,
  'reference' | 'customer' | 'currency' | 'amount' | 'address' | 'state'
>

export interface BusinessSystemOptions {
  /** The folder of the demonstration; its files go where those of the services are. */
  readonly directory: string
  /** `process.execPath` of whoever starts it. */
  readonly node: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly main?: string
  readonly firstPort?: number
  /** Gives the start up. */
  readonly signal?: AbortSignal
}

export interface BusinessSystem {
  /** Of the page for people; its API for business-lookup lies beneath it. Ends in a slash. */
  readonly url: string
  /** Resolves when it ended although nobody had stopped it. */
  readonly failed: Promise<ProcessFailed>
  add(withdrawals: readonly BookedWithdrawal[]): Promise<void>
  stop(): Promise<void>
}

/** Starts the payout system of the demonstration as a process of its own and waits until it is ready. Throws ProcessFailed, with nothing left running. */
export async function startBusinessSystem(options: BusinessSystemOptions): Promise<BusinessSystem> {
  const { directory, firstPort = FIRST_PORT } = options
  await prepareFolders(directory)
  const tokens = await ensureTokens(directory)
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0] = await freePorts(1, firstPort)
    const file = await writeConfiguration(directory, port)
    const url = `http://127.0.0.1:${port}/`
    const child = startProcess({
      name: 'business-system',
      node: options.node,
      args: ['business-system', '--config', file],
      env: options.env,
      readyUrl: `${url}readyz`,
      logFile: join(directory, 'logs', 'business-system.log'),
      ...(options.main === undefined ? {} : { main: options.main }),
    })
    try {
      await child.ready(options.signal)
    } catch (error) {
      await child.stop()
      const isPortTaken = error instanceof ProcessFailed && error.isPortTaken
      if (!isPortTaken || attempt === START_ATTEMPTS_MAX) throw error
      continue
    }
    return running(child, url, (await readFile(tokens.import, 'utf8')).trim())
  }
}

function running(child: RunningProcess, url: string, importToken: string): BusinessSystem {
  const { promise: failed, resolve: fail } = Promise.withResolvers<ProcessFailed>()
  let isStopping = false
  void child.exited.then((exit) => {
    if (isStopping) return
    fail(new ProcessFailed(child.name, `ended with ${exitText(exit)} although nobody stopped it`, child.lastLines()))
  })
  return {
    url,
    failed,
    add: async (withdrawals) => {
      for (let first = 0; first < withdrawals.length; first += IMPORTED_MAX)
        await book(url, importToken, withdrawals.slice(first, first + IMPORTED_MAX))
    },
    stop: async () => {
      isStopping = true
      await child.stop()
    },
  }
}

async function book(url: string, token: string, withdrawals: readonly BookedWithdrawal[]): Promise<void> {
  const validUntil = new Date(Date.now() + VALID_FOR_MS).toISOString()
  const records = withdrawals.map((withdrawal): ImportedRecord => ({
    ...withdrawal,
    created_by: 'Ada Ordering',
    decided_by: 'Ben Approving',
    valid_until: validUntil,
  }))
  const response = await fetch(`${url}v1/withdrawals`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(records),
    signal: AbortSignal.timeout(IMPORT_MS_MAX),
  })
  if (!response.ok)
    throw new Error(`the business system did not take the withdrawals: ${response.status} ${await response.text()}`)
}

interface TokenFiles {
  readonly lookUp: string
  readonly import: string
}

/** One bearer token in each, made when it is missing. */
async function ensureTokens(directory: string): Promise<TokenFiles> {
  const folder = join(directory, 'business-system')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files: TokenFiles = { lookUp: join(directory, LOOK_UP_TOKEN_FILE), import: join(folder, 'import.token') }
  for (const file of Object.values(files) as string[]) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    )
    if (!isThere) await writeFile(file, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { mode: 0o600 })
  }
  return files
}

async function writeConfiguration(directory: string, port: number): Promise<string> {
  const file = join(directory, 'business-system.yaml')
  const content = {
    listen: `127.0.0.1:${port}`,
    data_dir: 'data/business-system',
    look_up_token: LOOK_UP_TOKEN_FILE,
    import_token: 'business-system/import.token',
  }
  await writeYaml(file, content, "The demo's payout system: the page for people and the API that business-lookup asks.")
  return file
}
