import pg from 'pg'
import { databaseFault } from './database-fault.ts'
import type { MigrationSet } from './database.ts'
import { readMigrations, refusal } from './read-migrations.ts'
import type { Migration } from './read-migrations.ts'
import { withClient } from './with-client.ts'

/** Any constant that nobody else takes in this database. */
const ADVISORY_LOCK = 0x63_71_6d_67
/** Another replica may be migrating: it is waited for this long. */
const OTHER_REPLICA_MS_MAX = 120_000
/** Building an index over years of records takes its time; waiting forever helps nobody. */
const STATEMENT_MS_MAX = 600_000

export interface Applied {
  readonly set: string
  readonly number: number
  readonly name: string
  readonly sha256: string
}

/**
 * Brings the database at `url` to the state of the files: the base set first, then `sets` in their order, each file in its own
 * transaction. Several processes may call it at once. A file that was changed, removed or inserted after it was applied
 * is refused (`ERR_SERVICE_DATABASE_MIGRATION`).
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<void> {
  const migrations = await readMigrations(sets)
  await withClient(url, async (client) => {
    await client.query(`set lock_timeout = ${OTHER_REPLICA_MS_MAX}; set statement_timeout = ${STATEMENT_MS_MAX}`)
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
    const pending = pendingOf(migrations, await readApplied(client))
    for (const migration of pending) await apply(client, migration)
  })
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  await client.query(
    `create table if not exists schema_migration (
       "set"      text        not null,
       number     integer     not null check (number > 0),
       name       text        not null,
       sha256     text        not null check (sha256 ~ '^[0-9a-f]{64}$'),
       applied_at timestamptz not null default clock_timestamp(),
       primary key ("set", number)
     )`,
  )
  const { rows } = await client.query<Applied>('select "set", number, name, sha256 from schema_migration order by 1, 2')
  return rows
}

/** What is left to apply, after comparing every applied one with its file. */
export function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const keyOf = ({ set, number }: Applied): string => `${set}/${number}`
  const files = new Map(migrations.map((migration) => [keyOf(migration), migration]))
  const counts = new Map<string, number>()
  for (const row of applied) {
    const file = files.get(keyOf(row))
    const what = `migration ${row.set} ${row.number} (${row.name})`
    if (file === undefined) {
      throw refusal(
        `${what} was applied to this database, but this version has no such file: is it older than the database?`,
      )
    }
    if (file.sha256 !== row.sha256) throw refusal(`${what} was changed after it was applied: write a new file instead`)
    if (file.name !== row.name) throw refusal(`${what} was renamed to ${file.name} after it was applied`)
    const count = (counts.get(row.set) ?? 0) + 1
    if (row.number !== count) throw refusal(`migration ${row.set} ${count} was never applied, but a later one was`)
    counts.set(row.set, count)
  }
  return migrations.filter(({ set, number }) => number > (counts.get(set) ?? 0))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const what = `${migration.set}/${String(migration.number).padStart(4, '0')}-${migration.name}.sql`
  try {
    await client.query('begin')
    const before = await transactionId(client)
    await client.query(migration.text)
    if ((await transactionId(client)) !== before)
      throw refusal(`${what} ends its own transaction: leave out commit and rollback`)
    await client.query('insert into schema_migration ("set", number, name, sha256) values ($1, $2, $3, $4)', [
      migration.set,
      migration.number,
      migration.name,
      migration.sha256,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    const fault = databaseFault(error)
    if (fault !== error || !(error instanceof pg.DatabaseError)) throw fault
    throw refusal(`${what} failed: ${error.message}`, error)
  }
}

async function transactionId(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return rows[0]?.id
}
