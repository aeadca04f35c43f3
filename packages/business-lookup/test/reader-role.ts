import { randomBytes } from 'node:crypto'
import type { TestDatabase } from '@callback-quorum/service'

export interface ReaderRole {
  readonly name: string
  /** The URL of the database as this role. */
  readonly url: string
  drop(): Promise<void>
}

/** A role that may read every table of this database that there is or will be, and nothing else; without `everything` no table at all. */
export async function createReaderRole(database: TestDatabase, everything?: 'everything'): Promise<ReaderRole> {
  const name = `cq_reader_${randomBytes(6).toString('hex')}`
  const owner = await database.open({ poolSizeMax: 1 })
  await owner.query({ text: `create role ${name} login password 'reader'` })
  if (everything !== undefined) {
    await owner.query({ text: `grant select on all tables in schema public to ${name}` })
    await owner.query({ text: `alter default privileges in schema public grant select on tables to ${name}` })
  }
  const url = new URL(database.url)
  url.username = name
  url.password = 'reader'
  return {
    name,
    url: url.href,
    drop: async () => {
      await owner.query({ text: `drop owned by ${name}` })
      await owner.query({ text: `drop role ${name}` })
    },
  }
}
