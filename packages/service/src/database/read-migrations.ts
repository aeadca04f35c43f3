import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { ServiceFault } from '../faults.ts'
import { baseMigrations } from './base-migrations.ts'
import type { MigrationSet } from './database.ts'

export interface Migration {
  readonly set: string
  readonly number: number
  readonly name: string
  readonly sha256: string
  readonly text: string
}

const FILE_NAME = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.sql$/

/** Every migration of the base set and then of the given sets, in the order in which they are applied. */
export async function readMigrations(sets: readonly MigrationSet[]): Promise<Migration[]> {
  const all = [baseMigrations, ...sets]
  if (new Set(all.map((set) => set.name)).size !== all.length) {
    throw refusal(`two migration sets have one name: ${all.map((set) => set.name).join(', ')}`)
  }
  return (await Promise.all(all.map(readSet))).flat()
}

async function readSet({ name: set, directory }: MigrationSet): Promise<Migration[]> {
  const fileNames = (await readdir(directory)).filter((fileName) => fileName.endsWith('.sql')).sort()
  if (fileNames.length === 0) throw refusal(`the migration set ${set} has no files`)
  return Promise.all(
    fileNames.map(async (fileName, index) => {
      const [, digits, name] = FILE_NAME.exec(fileName) ?? []
      if (digits === undefined || name === undefined) {
        throw refusal(`${set}/${fileName}: a migration file must be named like 0001-what.sql`)
      }
      const number = Number(digits)
      if (number !== index + 1) throw refusal(`${set}/${fileName}: the next number of this set is ${index + 1}`)
      const bytes = await readFile(new URL(fileName, folder(directory)))
      return {
        set,
        number,
        name,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        text: bytes.toString('utf8'),
      }
    }),
  )
}

// Without the closing slash the last part of the path would be replaced by the file's name.
const folder = (directory: URL): URL => (directory.href.endsWith('/') ? directory : new URL(`${directory.href}/`))

/** The fault of a migration that must not run. */
export function refusal(message: string, cause?: unknown): ServiceFault {
  return new ServiceFault('ERR_SERVICE_DATABASE_MIGRATION', message, cause === undefined ? {} : { cause })
}
