import type { Sql } from './database.ts'
import { ServiceFault } from '../faults.ts'

/** Body of `clock_now()` exactly as migrations/0001-clock-now.sql creates it. */
const CLOCK_NOW_BODY = 'select pg_catalog.clock_timestamp()'

interface Definition {
  readonly body: string
  readonly language: string
  readonly volatility: string
  readonly settings: string | null
}

/** Refuses a database whose `clock_now()` is missing or is not the real clock: with another one, old approvals could look new. */
export async function assertRealClock(sql: Sql): Promise<void> {
  const [found] = await sql.query<Definition>({
    text: `select p.prosrc as body, l.lanname as language, p.provolatile::text as volatility, p.proconfig::text as settings
             from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
            where p.oid = to_regprocedure('clock_now()')`,
  })
  const isReal =
    found?.body === CLOCK_NOW_BODY && found.language === 'sql' && found.volatility === 'v' && found.settings === null
  if (isReal) return
  throw new ServiceFault(
    'ERR_SERVICE_DATABASE_CLOCK',
    found === undefined
      ? 'the database has no function clock_now(): its migrations did not run'
      : 'clock_now() of the database is not the real clock: this is a test database, or somebody changed the function',
    found === undefined ? {} : { detail: `clock_now() is ${found.language}: ${found.body}` },
  )
}
