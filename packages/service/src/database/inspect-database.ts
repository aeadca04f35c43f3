import pg from 'pg'
import { assertRealClock } from './clock-now.ts'
import { databaseFault, databaseTimeout } from './database-fault.ts'
import type { MigrationSet } from './database.ts'
import { withDeadline } from './deadline.ts'
import { pendingOf, type Applied } from './migrate.ts'
import { readMigrations } from './read-migrations.ts'
import { sessionUrl } from './session-url.ts'
import { ServiceFault } from '../faults.ts'

/** What a database says of itself and of who asks. Nothing was changed to find it out. */
export interface DatabaseInspection {
  readonly server: string
  /** As `server_version_num` has it: 180004 is 18.4. */
  readonly versionNumber: number
  /** Own clock minus the database's, milliseconds, the way there and back halved. */
  readonly skewMs: number
  readonly clockNow: 'real' | 'missing' | 'replaced'
  readonly role: string
  readonly isSuperuser: boolean
  /** Whether the role may create tables where the migrations do. */
  readonly mayCreate: boolean
  /** Tables that it may not read, add to, or change; one that guards its rows by a trigger of its own (16 in tgtype: update) need not be open to changes. */
  readonly closedTables: readonly string[]
  readonly isEncrypted: boolean
  readonly isReplica: boolean
  readonly connectionsMax: number
  readonly connectionsUsed: number
  /** Migrations that a start would apply, as `set/number`. */
  readonly pending: readonly string[]
  /** Why a start would refuse what was applied. */
  readonly refused?: string
}

export interface InspectOptions {
  readonly url: string
  readonly migrations: readonly MigrationSet[]
  /** For everything together. */
  readonly timeoutMs: number
  readonly nowMs: () => number
}

/** Looks at a database in one read-only session. Throws ServiceFault when it does not answer or lets nobody in. */
export async function inspectDatabase(options: InspectOptions): Promise<DatabaseInspection> {
  const { url, timeoutMs } = options
  const client = new pg.Client({ connectionString: sessionUrl(url), connectionTimeoutMillis: timeoutMs })
  client.on('error', () => undefined)
  const late = (): Error => databaseTimeout('the database did not answer in time', timeoutMs)
  try {
    return await withDeadline(inspect(client, options), timeoutMs, late)
  } catch (error) {
    throw databaseFault(error)
  } finally {
    // Not waited for: a server that stays silent would make the answer late.
    void client.end().catch(() => undefined)
  }
}

interface Facts {
  readonly server: string
  readonly versionNumber: string
  readonly now: Date
  readonly role: string
  readonly isSuperuser: boolean
  readonly mayCreate: boolean
  readonly closedTables: readonly string[]
  readonly isEncrypted: boolean
  readonly isReplica: boolean
  readonly connectionsMax: string
  readonly connectionsUsed: string
  /** What was applied can be read; false also for a database without any migration. */
  readonly isReadable: boolean
}

const FACTS = `
  select current_setting('server_version')       as server,
         current_setting('server_version_num')   as "versionNumber",
         pg_catalog.clock_timestamp()            as now,
         current_user::text                      as role,
         (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as "isSuperuser",
         has_schema_privilege('public', 'USAGE') and has_schema_privilege('public', 'CREATE') as "mayCreate",
         array(select c.relname::text from pg_catalog.pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                  and not (has_table_privilege(c.oid, 'SELECT') and has_table_privilege(c.oid, 'INSERT')
                           and (has_table_privilege(c.oid, 'UPDATE') or exists(select from pg_catalog.pg_trigger t
                             where t.tgrelid = c.oid and not t.tgisinternal and (t.tgtype & 16) <> 0)))
                order by 1) as "closedTables",
         coalesce((select ssl from pg_catalog.pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
         pg_is_in_recovery()                     as "isReplica",
         current_setting('max_connections')      as "connectionsMax",
         (select count(*)::text from pg_catalog.pg_stat_activity where backend_type = 'client backend') as "connectionsUsed",
         exists(select from pg_catalog.pg_class c
                 where c.relname = 'schema_migration' and c.relnamespace = 'public'::regnamespace
                   and has_schema_privilege('public', 'USAGE') and has_table_privilege(c.oid, 'SELECT')) as "isReadable"`

async function inspect(client: pg.Client, { migrations, nowMs }: InspectOptions): Promise<DatabaseInspection> {
  await client.connect()
  await client.query('begin read only')
  const before = nowMs()
  const { rows } = await client.query<Facts>(FACTS)
  const after = nowMs()
  const [facts] = rows
  if (facts === undefined) throw new Error('invariant: a select without from has one row')
  const clockNow = await clockOf(client)
  const applied = facts.isReadable
    ? (await client.query<Applied>('select "set", number, name, sha256 from schema_migration order by 1, 2')).rows
    : []
  const { isReadable: _, now, versionNumber, connectionsMax, connectionsUsed, ...rest } = facts
  return {
    ...rest,
    versionNumber: Number(versionNumber),
    connectionsMax: Number(connectionsMax),
    connectionsUsed: Number(connectionsUsed),
    skewMs: Math.round((before + after) / 2 - now.getTime()),
    clockNow,
    ...(await migrationsOf(migrations, applied)),
  }
}

async function clockOf(client: pg.Client): Promise<DatabaseInspection['clockNow']> {
  try {
    await assertRealClock({
      query: async <Row extends object>({ text }: { readonly text: string }) => (await client.query<Row>(text)).rows,
    })
    return 'real'
  } catch (error) {
    if (!(error instanceof ServiceFault && error.code === 'ERR_SERVICE_DATABASE_CLOCK')) throw error
    const { rows } = await client.query<{ known: boolean }>(
      `select to_regprocedure('clock_now()') is not null as known`,
    )
    return rows[0]?.known === true ? 'replaced' : 'missing'
  }
}

async function migrationsOf(
  sets: readonly MigrationSet[],
  applied: readonly Applied[],
): Promise<Pick<DatabaseInspection, 'pending' | 'refused'>> {
  try {
    const pending = pendingOf(await readMigrations(sets), applied)
    return { pending: pending.map(({ set, number }) => `${set}/${number}`) }
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error
    return { pending: [], refused: error.message }
  }
}
