import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Account } from './server-account.ts'

/** Nothing of our own environment reaches PostgreSQL: PGDATA, PGPORT or a locale would change what it does. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const

export interface ProgramResult {
  readonly succeeded: boolean
  /** Why not: the program's own last words. */
  readonly reason: string
}

/** Runs a program to its end as `account` (undefined: as ourselves), in a folder that everybody can enter. */
export async function runProgram(
  file: string,
  args: readonly string[],
  account: Account | undefined,
  timeoutMs: number,
): Promise<ProgramResult> {
  try {
    await promisify(execFile)(file, [...args], {
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...account,
    })
    return { succeeded: true, reason: '' }
  } catch (error) {
    return { succeeded: false, reason: lastWords(error) }
  }
}

function lastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const printed = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  return printed === '' ? error.message : printed
}
