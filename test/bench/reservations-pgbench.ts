import { execFile } from 'node:child_process'
import { access, constants, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Sample } from './reservations-sample.ts'

const DEBIAN = '/usr/lib/postgresql'

/** The newest pgbench of Debian's packages, or the one of the PATH; undefined where there is none. */
export async function findPgbench(path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  const versions = await readdir(DEBIAN).catch(() => [])
  const debian = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(DEBIAN, version, 'bin'))
  for (const folder of [...debian, ...path.split(delimiter)]) {
    const file = join(folder, 'pgbench')
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}

export interface PgbenchRun {
  readonly program: string
  readonly url: string
  /** In pgbench's own language, one command a line. */
  readonly script: string
  /** Texts for the script's variables. */
  readonly variables?: Readonly<Record<string, string>>
  readonly connections: number
  readonly seconds: number
}

/**
 * Runs a script over and over with prepared statements; what one transaction took comes from pgbench's own log. Throws when a client
 * was aborted or a transaction failed: the figure would be about something else.
 */
export async function runPgbench(options: PgbenchRun): Promise<Sample> {
  const { program, script, variables = {}, connections, seconds } = options
  const folder = await mkdtemp(join(tmpdir(), 'cq-pgbench-'))
  try {
    const file = join(folder, 'script.sql')
    await writeFile(file, script)
    const url = new URL(options.url)
    const { stdout, stderr } = await promisify(execFile)(
      program,
      [
        ...['--no-vacuum', '--protocol=prepared', `--file=${file}`, `--client=${connections}`, `--time=${seconds}`],
        ...[`--jobs=${Math.min(connections, availableParallelism())}`, '--log', `--log-prefix=${join(folder, 'log')}`],
        ...Object.entries(variables).map(([name, text]) => `--define=${name}=${text}`),
        ...['-h', url.hostname, '-p', url.port, '-U', url.username, url.pathname.slice(1)],
      ],
      { env: { ...process.env, PGPASSWORD: url.password }, maxBuffer: 1 << 26 },
    )
    const perSecond = Number(/tps = ([\d.]+) \(without/.exec(stdout)?.[1])
    const isWhole = /number of failed transactions: 0 /.test(stdout) && !stderr.includes('aborted')
    if (!(perSecond > 0) || !isWhole) throw new Error(`pgbench did not finish: ${stderr}\n${stdout}`)
    return { perSecond, latenciesMs: await readLatencies(folder) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The third column is what a transaction took, microseconds (documentation of pgbench, "Per-Transaction Logging"). */
async function readLatencies(folder: string): Promise<readonly number[]> {
  const logs = (await readdir(folder)).filter((name) => name.startsWith('log'))
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[2]) / 1_000),
  )
}
