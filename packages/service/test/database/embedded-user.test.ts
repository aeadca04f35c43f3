import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { packagedBinaries, usableBinaries } from '../../src/database/embedded/postgres-binaries.ts'
import { startEmbeddedPostgres } from '../../src/database/index.ts'
import type { EmbeddedOptions, PostgresServer } from '../../src/database/index.ts'
import { spawnEmbedded } from './spawn-embedded.ts'
import type { Started } from './spawn-embedded.ts'

// Each start is a process, and a new cluster a second of full load.
vi.setConfig({ testTimeout: 60_000 })

const isRoot = process.getuid?.() === 0
const ORDINARY = isRoot ? 65_534 : (process.getuid?.() ?? 0)
const EMBEDDED = 'ERR_SERVICE_DATABASE_EMBEDDED'
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  vi.unstubAllEnvs()
})

async function folder(mode: number): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cq-user-'))
  await chmod(path, mode)
  cleanUps.push(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Copies of the programs go to a temporary folder of this test only. */
async function ownTemporaryFolder(): Promise<string> {
  const path = await folder(0o711)
  vi.stubEnv('TMPDIR', path)
  return path
}

/** The programs of the npm package, copied to `parent`. */
async function programsIn(parent: string): Promise<string> {
  const native = join(parent, 'linux', 'native')
  await cp(packagedBinaries(), native, { recursive: true, verbatimSymlinks: true })
  await writeFile(join(parent, 'linux', 'package.json'), '{ "version": "0.0.0-test" }')
  return native
}

/** Programs that only say that they run, for what is about copying them. */
async function standIns(parent: string): Promise<string> {
  const native = join(parent, 'linux', 'native')
  await mkdir(join(native, 'bin'), { recursive: true })
  await mkdir(join(native, 'share'))
  await writeFile(join(native, 'share', 'zone'), 'UTC')
  for (const name of ['initdb', 'postgres']) await writeFile(join(native, 'bin', name), '#!/bin/sh\n', { mode: 0o700 })
  await writeFile(join(parent, 'linux', 'package.json'), '{ "version": "0.0.0-test" }')
  return native
}

async function start(options: EmbeddedOptions): Promise<PostgresServer> {
  const server = await startEmbeddedPostgres({ durable: false, ...options })
  cleanUps.push(() => server.stop())
  return server
}

async function dataDirectory(url: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ data_directory: string }>('show data_directory')
  await client.end()
  return rows[0]?.data_directory ?? ''
}

const copies = async (temporary: string): Promise<string[]> =>
  (await readdir(temporary)).filter((name) => name.startsWith('callback-quorum-postgres-'))

test('an ordinary user runs it below a folder of mode 700, and its own folder is closed to others', async () => {
  const parent = await folder(0o700)
  const dataDir = join(parent, 'data')
  await mkdir(dataDir)
  await chmod(dataDir, 0o755)
  if (isRoot) for (const path of [dataDir, parent]) await chown(path, ORDINARY, ORDINARY)
  const native = isRoot ? await usableBinaries({ uid: ORDINARY, gid: ORDINARY }) : packagedBinaries()
  const child = spawnEmbedded({ dataDir, native, ...(isRoot && { uid: ORDINARY }) })
  cleanUps.push(() => child.stop())
  const { url, uid } = (await child.next()) as Started
  const found = await stat(await dataDirectory(url))
  expect({ uid, owner: found.uid, mode: found.mode & 0o777 }).toEqual({ uid: ORDINARY, owner: ORDINARY, mode: 0o700 })
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
})

test('programs on a path that a shell would misread run from a copy', async () => {
  const temporary = await ownTemporaryFolder()
  const odd = join(await folder(0o755), 'it\'s "my" $HOME `id`')
  const native = await programsIn(odd)
  const server = await start({ dataDir: join(await folder(0o755), 'data'), native })
  expect(await dataDirectory(server.url)).toContain('data')
  expect(await copies(temporary)).toHaveLength(1)
})

test('a copy that lost a file is made again, a complete one is taken', async () => {
  const temporary = await ownTemporaryFolder()
  const native = await standIns(join(await folder(0o755), '$odd'))
  const copy = await usableBinaries(undefined, native)
  await rm(join(copy, 'share', 'zone'))
  const made = await stat(copy)
  expect(await usableBinaries(undefined, native)).toBe(copy)
  const again = await stat(copy)
  expect(again.ino).not.toBe(made.ino)
  await stat(join(copy, 'share', 'zone'))
  await Promise.all([usableBinaries(undefined, native), usableBinaries(undefined, native)])
  expect((await stat(copy)).ino).toBe(again.ino)
  expect(await copies(temporary)).toHaveLength(1)
})

test('a copy that others can write is not trusted', async () => {
  await ownTemporaryFolder()
  const native = await standIns(join(await folder(0o755), '$odd'))
  const copy = await usableBinaries(undefined, native)
  await chmod(copy, 0o777)
  await expect(usableBinaries(undefined, native)).rejects.toMatchObject({
    code: EMBEDDED,
    message: expect.stringContaining(copy) as string,
  })
})

test('a platform without programs is named, with what to do', () => {
  expect(() => packagedBinaries('plan9-mips')).toThrow(/plan9-mips.*database_url/)
})

test('programs that do not run here give a clear fault', async () => {
  await ownTemporaryFolder()
  const native = await standIns(await folder(0o755))
  await writeFile(join(native, 'bin', 'postgres'), '#!/nonexistent/loader\n')
  await expect(usableBinaries(undefined, native)).rejects.toMatchObject({
    code: EMBEDDED,
    message: expect.stringContaining('database_url') as string,
  })
})

// What only root meets: its server runs as another user.
if (isRoot) {
  test('root runs it as another user', async () => {
    const server = await start({ dataDir: join(await folder(0o711), 'data') })
    expect((await stat(await dataDirectory(server.url))).uid).not.toBe(0)
  })

  test('root runs it from a checkout in a folder of mode 700', async () => {
    const temporary = await ownTemporaryFolder()
    const native = await programsIn(await folder(0o700))
    const server = await start({ dataDir: join(await folder(0o711), 'data'), native })
    expect(await dataDirectory(server.url)).toContain('data')
    const [copy = ''] = await copies(temporary)
    const found = await stat(join(temporary, copy))
    expect({ uid: found.uid, mode: found.mode & 0o777 }).toEqual({ uid: 0, mode: 0o755 })
  })

  test('root is told what to do when the data folder cannot be reached by another user', async () => {
    const dataDir = join(await folder(0o700), 'data')
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: EMBEDDED,
      message: expect.stringMatching(/run the service as an ordinary user, or put data_dir/) as string,
    })
  })

  test('root may have such a database in the temporary folder, and finds it there again', async () => {
    const temporary = await ownTemporaryFolder()
    const dataDir = join(await folder(0o700), 'data')
    const first = await start({ dataDir, relocate: true })
    expect(first.dataDir.startsWith(temporary)).toBe(true)
    const where = await dataDirectory(first.url)
    await first.stop()
    const second = await start({ dataDir, relocate: true })
    expect(await dataDirectory(second.url)).toBe(where)
  })

  test('root does not use a temporary folder that somebody else put there', async () => {
    const temporary = await ownTemporaryFolder()
    const dataDir = join(await folder(0o700), 'data')
    const { dataDir: elsewhere, stop } = await startEmbeddedPostgres({ dataDir, relocate: true, durable: false })
    await stop()
    await chown(elsewhere, ORDINARY, ORDINARY)
    expect(elsewhere.startsWith(temporary)).toBe(true)
    await expect(startEmbeddedPostgres({ dataDir, relocate: true })).rejects.toMatchObject({ code: EMBEDDED })
  })

  test('root does not run programs that somebody else put into the temporary folder', async () => {
    const temporary = await ownTemporaryFolder()
    const native = await standIns(await folder(0o700))
    const account = { uid: ORDINARY, gid: ORDINARY }
    await chown(await usableBinaries(account, native), ORDINARY, ORDINARY)
    await expect(usableBinaries(account, native)).rejects.toMatchObject({
      code: EMBEDDED,
      message: expect.stringContaining(temporary) as string,
    })
  })

  test('root goes on with the files of an ordinary user as that user', async () => {
    const parent = await folder(0o711)
    await chown(parent, ORDINARY, ORDINARY)
    const dataDir = join(parent, 'data')
    const child = spawnEmbedded({
      dataDir,
      native: await usableBinaries({ uid: ORDINARY, gid: ORDINARY }),
      uid: ORDINARY,
    })
    await child.next()
    await child.stop()
    const server = await start({ dataDir })
    expect((await stat(await dataDirectory(server.url))).uid).toBe(ORDINARY)
  })
}
