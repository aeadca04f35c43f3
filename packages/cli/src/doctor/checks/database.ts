import { inspectDatabase, isLoopbackHost, ServiceFault, type DatabaseInspection } from '@callback-quorum/service'
import { SERVICES } from '../../services.ts'
import type { Check, DoctorContext } from '../check.ts'
import { clockFinding } from '../clock-finding.ts'
import { loginFinding } from '../database-login.ts'
import { findingsOf, type Finding } from '../finding.ts'

/** `nulls not distinct`, which a table of sanctions needs, came with 15. */
const VERSION_MIN = 150_000
/** One replica's pool (service, connect-database.ts), and what a start needs beside it. */
const CONNECTIONS_PER_REPLICA = 12
const REPLICAS = 2
const { ok, failed, warning, skipped } = findingsOf('database')

/** The database of the service: there, real, of the right version, and open for what the service does. */
export const database: Check = {
  name: 'database',
  run: async (context) => {
    const { database_url: url, data_dir: dataDir } = context.common
    if (url === undefined) return [skipped('database_url cannot be read from the configuration')]
    if (url === '')
      return [skipped(`embedded in ${dataDir ?? 'data_dir'}/postgres: only the running service opens it, see instance`)]
    const name = shownUrl(url)
    try {
      const found = await inspectDatabase({
        url,
        migrations: context.service === undefined ? [] : await SERVICES[context.service].migrations(),
        timeoutMs: context.timeoutMs,
        nowMs: context.nowMs,
      })
      return [...findingsAbout(found, name, url, context), clockFinding(`the database ${name}`, found.skewMs)]
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error
      return [loginFinding(error, new URL(url), name)]
    }
  },
}

/** Host and database, never the role's password. */
function shownUrl(text: string): string {
  const { host, pathname } = new URL(text)
  return `${host === '' ? '(local socket)' : host}${pathname}`
}

function findingsAbout(
  found: DatabaseInspection,
  name: string,
  url: string,
  context: DoctorContext,
): readonly Finding[] {
  const problems = [
    ...serverFindings(found, name, url),
    ...roleFindings(found, name),
    ...stateFindings(found, name, context),
  ]
  const left =
    context.service === undefined
      ? 'migrations not looked at, since nobody can tell which service it is for'
      : found.pending.length === 0
        ? 'migrations applied'
        : `${found.pending.length} migrations will be applied at the start`
  const used = `${found.connectionsUsed} of ${found.connectionsMax} connections used`
  return problems.some(({ status }) => status === 'failed')
    ? problems
    : [
        ...problems,
        ok(
          `${name}: PostgreSQL ${found.server}, role ${found.role}, ${found.isEncrypted ? 'TLS' : 'no TLS'}, ${left}, ${used}`,
        ),
      ]
}

function serverFindings(found: DatabaseInspection, name: string, url: string): readonly Finding[] {
  const { hostname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, '')
  const isLocal = host === '' || host.startsWith('/') || isLoopbackHost(host)
  const findings: Finding[] = []
  if (found.versionNumber < VERSION_MIN)
    findings.push(
      failed(
        `${name}: PostgreSQL ${found.server}; expected ${VERSION_MIN / 10_000} or newer`,
        'Upgrade the server (pg_upgrade), or name another one in database_url',
      ),
    )
  if (found.isReplica)
    findings.push(
      failed(
        `${name}: is a read-only replica; nothing could be recorded, and so nothing approved`,
        'Name the primary in database_url',
      ),
    )
  if (!isLocal && !found.isEncrypted)
    findings.push(
      warning(
        `${name}: this connection beyond the machine is not encrypted`,
        'Write database_url: postgres://...?sslmode=verify-full, with the authority in sslrootcert',
      ),
    )
  const needed = CONNECTIONS_PER_REPLICA * REPLICAS
  if (found.connectionsMax < needed)
    findings.push(
      warning(
        `${name}: max_connections is ${found.connectionsMax}; ${REPLICAS} replicas take up to ${needed}`,
        `alter system set max_connections = 100, and restart the server`,
      ),
    )
  else if (found.connectionsMax - found.connectionsUsed < CONNECTIONS_PER_REPLICA)
    findings.push(
      warning(
        `${name}: ${found.connectionsUsed} of ${found.connectionsMax} connections are used; one replica takes up to ${CONNECTIONS_PER_REPLICA}`,
        'See who holds them (select * from pg_stat_activity), or raise max_connections',
      ),
    )
  return findings
}

function roleFindings(
  { role, isSuperuser, mayCreate, closedTables, pending }: DatabaseInspection,
  name: string,
): readonly Finding[] {
  const findings: Finding[] = []
  if (isSuperuser)
    findings.push(
      warning(
        `${name}: ${role} is a superuser, who may do far more than this service needs`,
        `create role callback_quorum login password '...'; alter database ... owner to callback_quorum; and name it in database_url`,
      ),
    )
  if (pending.length > 0 && !mayCreate)
    findings.push(
      failed(
        `${name}: ${role} may not create tables in schema public, and ${pending.length} migrations are to be applied`,
        `grant usage, create on schema public to ${role}, or let the database belong to it: alter database ... owner to ${role}`,
      ),
    )
  if (closedTables.length > 0)
    findings.push(
      failed(
        `${name}: ${role} may not read and write ${closedTables.slice(0, 3).join(', ')}${closedTables.length > 3 ? ` and ${closedTables.length - 3} more tables` : ''}`,
        `grant select, insert, update, delete on all tables in schema public to ${role}`,
      ),
    )
  return findings
}

function stateFindings(
  { clockNow, refused, pending }: DatabaseInspection,
  name: string,
  { service }: DoctorContext,
): readonly Finding[] {
  const findings: Finding[] = []
  if (clockNow === 'replaced')
    findings.push(
      failed(
        `${name}: clock_now() is not the real clock: this is a test database, or somebody changed the function`,
        'Name another database in database_url, or restore it: create or replace function clock_now() as in migrations/0001-clock-now.sql of service',
      ),
    )
  else if (clockNow === 'missing' && pending.length === 0 && service !== undefined)
    findings.push(
      failed(
        `${name}: clock_now() is missing although its migration was applied`,
        'Restore the function from migrations/0001-clock-now.sql of service, or the database from its backup',
      ),
    )
  if (refused !== undefined)
    findings.push(
      failed(
        `${name}: ${refused}`,
        'Run the version that migrated this database (or a newer one), or name the database of this service in database_url; migrations never go back',
      ),
    )
  return findings
}
