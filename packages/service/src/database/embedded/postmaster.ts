import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../log.ts'
import { embeddedFault } from './embedded-fault.ts'
import { readServerState } from './former-server.ts'
import { SERVER_ENVIRONMENT } from './run-program.ts'
import type { Account } from './server-account.ts'

/** After a crash the server first replays its log. */
const START_MS_MAX = 60_000
const POLL_MS = 10
/** SIGINT: roll back, write a checkpoint, end. */
const FAST_STOP_MS_MAX = 10_000
/** SIGQUIT: end at once and recover at the next start. */
const IMMEDIATE_STOP_MS_MAX = 5_000
const LAST_LINES_MAX = 20

// The shell becomes the server (exec keeps the process id `$$`), so no moment exists in which the server has no guard. The guard is
// not a child of the server, which would take the end of an unknown child for a crash. It waits on a pipe whose other end only
// our process holds: a line means "over, go"; the end of the pipe means that our process died, in whatever way.
const GUARDED_SERVER = `
exec 3<&0 </dev/null
( (
  exec >/dev/null 2>&1
  trap '' INT TERM HUP
  read -r line <&3 && exit 0
  kill -INT $$
  seconds=0
  while kill -0 $$ && [ $seconds -lt 10 ]; do sleep 1; seconds=$((seconds + 1)); done
  [ $seconds -lt 10 ] || kill -QUIT $$
) & )
exec "$@" 3<&-
`

export interface PostmasterOptions {
  readonly native: string
  readonly data: string
  readonly account: Account | undefined
  readonly args: readonly string[]
  readonly log: Logger | undefined
}

/** The running server process. */
export interface Postmaster {
  readonly pid: number
  stop(): Promise<void>
}

type ServerProcess = ChildProcessByStdio<Writable, null, Readable>

/** Starts the server and resolves when it accepts connections; rejects with its last words when it ends before that. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { native, data, account, args, log } = options
  const command = [join(native, 'bin', 'postgres'), '-D', data, ...args]
  // Its own session: Ctrl-C goes to the whole foreground group, and the server must outlive the requests in flight.
  const child = spawn('/bin/sh', ['-c', GUARDED_SERVER, 'sh', ...command], {
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...account,
  })
  const exited = watchExit(child)
  const lastLines = readLines(child, log)
  let isStopping = false
  const stop = async (): Promise<void> => {
    isStopping = true
    await stopProcess(child, exited)
  }
  if (!(await becomesReady(child, data))) {
    await stop()
    throw embeddedFault('PostgreSQL did not start', lastLines.join('\n'))
  }
  void exited.then(() => {
    if (!isStopping)
      log?.error({ exitCode: child.exitCode, signal: child.signalCode }, 'the embedded PostgreSQL ended by itself')
  })
  return { pid: child.pid ?? 0, stop }
}

function watchExit(child: ServerProcess): Promise<void> {
  child.stdin.on('error', () => undefined) // The guard may be gone already.
  return new Promise((resolve) => {
    const over = (): void => {
      child.stdin.end('over\n')
      resolve()
    }
    child.once('exit', over)
    child.once('error', over)
  })
}

function readLines(child: ServerProcess, log: Logger | undefined): readonly string[] {
  const lastLines: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES_MAX) lastLines.shift()
    if (/\b(FATAL|PANIC|WARNING):/.test(line))
      log?.warn({ postgres: line }, 'the embedded PostgreSQL reported a problem')
    else log?.debug({ postgres: line }, 'the embedded PostgreSQL reported')
  })
  return lastLines
}

const isRunning = (child: ServerProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null

async function becomesReady(child: ServerProcess, data: string): Promise<boolean> {
  const startedAt = performance.now()
  while (isRunning(child) && performance.now() - startedAt < START_MS_MAX) {
    const state = await readServerState(data)
    if (state?.pid === child.pid && state?.status === 'ready') return true
    await sleep(POLL_MS)
  }
  return false
}

async function stopProcess(child: ServerProcess, exited: Promise<void>): Promise<void> {
  const steps = [
    ['SIGINT', FAST_STOP_MS_MAX],
    ['SIGQUIT', IMMEDIATE_STOP_MS_MAX],
    ['SIGKILL', IMMEDIATE_STOP_MS_MAX],
  ] as const
  for (const [signal, waitMs] of steps) {
    if (!isRunning(child)) return
    child.kill(signal)
    const timer = new AbortController()
    await Promise.race([exited, sleep(waitMs, undefined, { signal: timer.signal, ref: true }).catch(() => undefined)])
    timer.abort()
  }
}
