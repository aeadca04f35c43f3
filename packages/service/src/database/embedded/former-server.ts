import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceFault } from '../../faults.ts'

/** A server whose process was just killed is told to stop at once; until it says so, it looks like one in use. */
const LEAVING_MS_MAX = 3_000
/** Its last checkpoint may take a while on a slow disk. */
const STOPPING_MS_MAX = 30_000
const POLL_MS = 25

/** What a running server says of itself in postmaster.pid (PostgreSQL source, miscadmin.h: LOCK_FILE_LINE_*). */
export interface ServerState {
  readonly pid: number
  readonly status: string
}

export async function readServerState(data: string): Promise<ServerState | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined
}

/** Returns when no server works on `data`; throws `ERR_SERVICE_DATABASE_IN_USE` when one goes on doing so. */
export async function waitForFormerServer(data: string): Promise<void> {
  const startedAt = performance.now()
  for (;;) {
    const state = await readServerState(data)
    if (state === undefined) return
    const holder = await holderOf(state.pid, data)
    if (holder === 'nobody') return
    if (holder === 'other program') {
      // The number of the dead server was given to somebody else (usual in containers). PostgreSQL would take it for a server.
      await rm(join(data, 'postmaster.pid'), { force: true })
      return
    }
    const limitMs = state.status === 'stopping' ? STOPPING_MS_MAX : LEAVING_MS_MAX
    if (performance.now() - startedAt > limitMs) {
      throw new ServiceFault(
        'ERR_SERVICE_DATABASE_IN_USE',
        `another process already uses the database files in ${data} (PostgreSQL process ${state.pid}): one data_dir is for one service`,
      )
    }
    await sleep(POLL_MS)
  }
}

async function holderOf(pid: number, data: string): Promise<'server' | 'other program' | 'nobody'> {
  if (process.platform !== 'linux') return isAlive(pid) ? 'server' : 'nobody'
  try {
    // A server works in its data folder.
    const [cwd, folder] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(data)])
    return cwd.dev === folder.dev && cwd.ino === folder.ino ? 'server' : 'other program'
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nobody'
  }
  // Root without CAP_SYS_PTRACE (usual in containers) may not look into processes of others, but may read how they were called.
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return command.includes(data) ? 'server' : 'other program'
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
