import { randomUUID } from 'node:crypto'
import { access, constants, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { MEMORY_FOLDER, startEmbeddedPostgres } from '../packages/service/src/database/index.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the database `postgres` on the server of this run; `createTestDatabase` takes it. */
    postgresUrl: string
  }
}

/** Every test file has its own databases, each with a few connections, and files run side by side. */
const CONNECTIONS_MAX = 300

/** A database is 8 MB, and a few files with a few each are tested at a time; the log grows to 256 MB. */
const MEMORY_BYTES_MIN = 4 * 1024 ** 3

const OTHERS_MAY_PASS = 0o001

/** In memory where there is room: tests make and drop databases by the thousand, and on a disk half of all their time goes there. */
async function folderForDatabases(): Promise<string> {
  try {
    await access(MEMORY_FOLDER, constants.W_OK)
    const { bavail, bsize } = await statfs(MEMORY_FOLDER)
    // Root's PostgreSQL runs as another user, who must pass through.
    const isOpen = ((await stat(MEMORY_FOLDER)).mode & OTHERS_MAY_PASS) !== 0
    return isOpen && bavail * bsize >= MEMORY_BYTES_MIN ? MEMORY_FOLDER : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** One PostgreSQL for the whole run; its files are gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = join(await folderForDatabases(), `callback-quorum-test-${randomUUID()}`)
  const server = await startEmbeddedPostgres({
    dataDir,
    durable: false,
    relocate: true,
    maxConnections: CONNECTIONS_MAX,
  })
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    for (const folder of [server.dataDir, dataDir]) await rm(folder, { recursive: true, force: true })
  }
}
