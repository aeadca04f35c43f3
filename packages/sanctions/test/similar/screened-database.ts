import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import { inject, onTestFinished } from 'vitest'

const CHECKER_KIT = new URL('../../../checker-kit/migrations/', import.meta.url)
const SCREENED = new URL('../../migrations/0003-screened.sql', import.meta.url)

export interface ScreenedDatabase {
  readonly testDatabase: TestDatabase
  readonly database: Database
}

/** A fresh database with the tables of screened addresses alone, its clock standing at 2026-01-01T00:00:00Z; gone when the test is over. */
export async function openScreenedDatabase(): Promise<ScreenedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'callback quorum screened '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await copyFile(SCREENED, join(folder, '0001-screened.sql'))
  const testDatabase = await createTestDatabase(
    inject('postgresUrl'),
    [
      { name: 'checker-kit', directory: CHECKER_KIT },
      { name: 'screened', directory: pathToFileURL(folder) },
    ],
    { clock: 'fixed' },
  )
  onTestFinished(() => testDatabase.drop())
  return { testDatabase, database: await testDatabase.open() }
}
