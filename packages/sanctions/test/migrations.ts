import { migrationsBeside } from '@callback-quorum/service'

const beside = (path: string): URL => migrationsBeside(new URL(path, import.meta.url).href)

/** What the database of a sanctions checker has. */
export const MIGRATIONS = [
  { name: 'checker-kit', directory: beside('../../checker-kit/src/index.ts') },
  { name: 'sanctions', directory: beside('../src/sanctions.ts') },
]
