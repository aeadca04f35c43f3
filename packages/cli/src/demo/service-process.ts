import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceName } from '../services.ts'

const READY_WITHIN_MS = 60_000
const READY_POLL_MS = 50
/** Longer than a service's own grace, so that only one that hangs is killed. */
const STOP_WITHIN_MS = 20_000
const LAST_LINES = 15

export type LogLine = Readonly<Record<string, unknown>>

export interface ServiceProcessOptions {
  readonly name: ServiceName
  readonly config: string
  readonly mainFile: string
  readonly readyUrl: string
  readonly onLog?: (line: LogLine) => void
}

/** One service as a child process of its own. */
export interface ServiceProcess {
  readonly name: ServiceName
  readonly pid: number
  stop(): Promise<void>
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
}

/** Starts a service and waits until it is ready. Throws with its last log lines when it ends before. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, mainFile, config } = options
  const tail: string[] = []
  // A group of its own: Ctrl-C reaches only the one who started it, who then stops the services in order. Its standard input is a pipe that ends with us.
  const child = spawn(process.execPath, [mainFile, name, '--config', config, '--stop-with-stdin'], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const keep = (line: string): void => {
    tail.push(line)
    if (tail.length > LAST_LINES) tail.shift()
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line)
    const parsed = parseLine(line)
    if (parsed !== undefined) options.onLog?.(parsed)
  })
  createInterface({ input: child.stderr }).on('line', keep)
  await once(child, 'spawn')
  await waitUntilReady(child, options, tail)
  return {
    name,
    pid: child.pid ?? 0,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function waitUntilReady(child: ChildProcess, { name, readyUrl }: ServiceProcessOptions, tail: readonly string[]): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!hasEnded(child) && performance.now() < deadline) {
    const isReady = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await sleep(READY_POLL_MS)
  }
  await end(child, 'SIGKILL')
  throw new Error(`${name} did not become ready. Its last words:\n${tail.map((line) => `  ${line}`).join('\n')}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(timer)
}

function parseLine(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as LogLine) : undefined
  } catch {
    return undefined
  }
}
