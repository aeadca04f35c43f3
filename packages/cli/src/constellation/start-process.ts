import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Beside this file, in the same form: the sources run as they are, the build runs the build. */
export const MAIN = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url))

/** The first start of a service makes its database, on a slow disk too. */
const READY_MS_MAX = 60_000
const READY_POLL_MS = 40
const PROBE_MS_MAX = 2_000
/** A service drains for at most 10 s and gives its database 20 s (STOP_GRACE_MS; the postmaster's own steps). */
const STOP_MS_MAX = 35_000
const LAST_LINES_MAX = 30

export interface ProcessOptions {
  readonly name: string
  /** The Node that runs it: `process.execPath` of whoever starts it. */
  readonly node: string
  /** Arguments of `callback-quorum`, for instance `['limits', '--config', file]`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** GET of it answers 200 once the process is ready. */
  readonly readyUrl: string
  /** Everything it says is appended to this file. */
  readonly logFile?: string
  /** Every line of its standard output, in order. */
  readonly onLine?: (line: string) => void
  /** Default: the main of this package. */
  readonly main?: string
}

export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export const exitText = ({ code, signal }: ProcessExit): string =>
  signal ?? (code === null ? 'no exit code' : `code ${code}`)

/** A service in a process of its own. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number | undefined
  readonly exited: Promise<ProcessExit>
  /** The last lines of both outputs. */
  lastLines(): readonly string[]
  /** Resolves to the milliseconds since its start. Throws ProcessFailed when it ends or does not become ready in time. */
  ready(signal?: AbortSignal): Promise<number>
  /** SIGTERM, and SIGKILL when it does not end. Does nothing to a process that ended. */
  stop(): Promise<ProcessExit>
  /** SIGKILL: what a crash looks like. */
  kill(): Promise<ProcessExit>
}

/** A service that ended, or never became ready, although nobody asked it to stop. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'
  readonly service: string
  readonly lastLines: readonly string[]

  constructor(service: string, what: string, lastLines: readonly string[]) {
    super(`${service} ${what}`)
    this.service = service
    this.lastLines = lastLines
  }

  /** Somebody took a port between our look and the service's own listen. */
  get isPortTaken(): boolean {
    return this.lastLines.some((line) => line.includes('EADDRINUSE'))
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts `callback-quorum <args>` as a child that ends with us, however we end: it stops when its standard input does. */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { name, node, args, env, main = MAIN } = options
  const startedAt = performance.now()
  const child = spawn(node, [main, ...args, '--stop-on-stdin-end'], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C goes to a whole group, and would be a second signal beside our SIGTERM.
    detached: true,
  })
  const lastLines = collectLines(child, options)
  const exited = new Promise<ProcessExit>((resolve) => {
    // Not 'exit': what it said last may then still be in the pipes.
    child.once('close', (code, signal) => {
      resolve({ code, signal })
    })
    child.once('error', (error) => {
      lastLines.push(error.message)
      resolve({ code: null, signal: null })
    })
  })
  child.stdin.on('error', () => undefined)
  let stopping: Promise<ProcessExit> | undefined
  const stop = (): Promise<ProcessExit> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    return exited.finally(() => {
      clearTimeout(timer)
    })
  }
  return {
    name,
    pid: child.pid,
    exited,
    lastLines: () => lastLines,
    ready: async (signal) => {
      await becomeReady(options, { pid: child.pid, exited }, lastLines, signal)
      return performance.now() - startedAt
    },
    // A second SIGTERM would mean: leave at once.
    stop: () => (stopping ??= stop()),
    kill: () => {
      child.kill('SIGKILL')
      return exited
    },
  }
}

function collectLines(child: Child, { logFile, onLine }: ProcessOptions): string[] {
  const lastLines: string[] = []
  const file = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  // A log that cannot be written is no reason to stop.
  file?.on('error', () => undefined)
  const keep = (line: string): void => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES_MAX) lastLines.shift()
    file?.write(`${line}\n`)
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line)
    onLine?.(line)
  })
  createInterface({ input: child.stderr }).on('line', keep)
  child.once('close', () => file?.end())
  return lastLines
}

async function becomeReady(
  { name, readyUrl }: ProcessOptions,
  { pid, exited }: Pick<RunningProcess, 'pid' | 'exited'>,
  lastLines: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const over = exited.then((exit) => {
    throw new ProcessFailed(name, `ended with ${exitText(exit)} before it was ready`, lastLines)
  })
  over.catch(() => undefined)
  const deadline = performance.now() + READY_MS_MAX
  let why = 'it does not answer'
  while (performance.now() < deadline) {
    signal?.throwIfAborted()
    const answer = await Promise.race([probe(readyUrl, pid), over])
    if (answer === 'ready') return
    why = answer
    await Promise.race([sleep(READY_POLL_MS), over])
  }
  throw new ProcessFailed(name, `was not ready within ${READY_MS_MAX / 1_000} s: ${why}`, lastLines)
}

async function probe(url: string, pid: number | undefined): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS_MAX) })
    const body = await response.text()
    // Another one took the port; ours will end because of it.
    if (response.headers.get('x-process-id') !== String(pid)) return 'another process answers in its place'
    return response.ok ? 'ready' : body
  } catch {
    return 'it does not answer'
  }
}
