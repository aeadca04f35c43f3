import { ConfigError, type Logger } from '@callback-quorum/service'
import type { ReadMap } from '../../record/record-map.ts'
import { countError, createConnectorMetrics, type ConnectorMetrics } from '../connector-metrics.ts'
import type { Asked, Connector, ConnectorOptions, LookUp } from '../connector.ts'
import { inSession } from './in-session.ts'
import { openSqlDriver } from './open-sql-driver.ts'
import { assertColumns, readRows, rowsMaxOf } from './read-rows.ts'
import { readOnlyProblems } from './read-only-proof.ts'
import type { SqlConnectorConfig } from './sql-connector-config.ts'
import type { ReplicaState, SqlDriver, SqlResult } from './sql-driver.ts'
import { errorKindOf, reasonOf, SqlFault } from './sql-fault.ts'

/** The server ends a statement first; when it does not, the connection is closed this much later. */
const SILENCE_MS_MAX = 500
/** To connect, to prove and to ask once. */
const START_MS_MAX = 15_000

/** The result of the query, or why none was asked for: what the server shows may be too old. */
type Answer = { readonly is: 'result'; readonly result: SqlResult } | { readonly is: 'stale'; readonly text: string }

/** It keeps nothing, so it needs no database of its own. */
export type SqlConnectorOptions = Omit<ConnectorOptions<SqlConnectorConfig>, 'database'>

/**
 * Looks payments up by one configured query with parameters, in read-only transactions with a deadline, with a role that was proved to be one
 * that may only read. The query is the operator's; nothing of a request becomes part of its text. Dates and exact numbers come back as the
 * text the database wrote. Throws ConfigError for what the operator must change; a server that is not there is asked again later.
 */
export async function openSqlConnector(options: SqlConnectorOptions): Promise<Connector> {
  const { config, whitelisting } = options
  const metrics = createConnectorMetrics(options.registry, 'sql')
  const payments = await openSource(options, config, options.map, 'connector.query')
  const { query } = whitelisting ?? {}
  const whitelistings =
    whitelisting === undefined || query === undefined
      ? undefined
      : await openSource(options, { ...config, query }, whitelisting.map, 'whitelisting.query')
  const problems = await payments.system.prove(AbortSignal.timeout(START_MS_MAX)).catch((error: unknown) => {
    options.log.warn({ reason: reasonOf(error) }, 'the business system cannot be reached yet')
    return []
  })
  if (problems.length === 0) return connectorOf({ payments, whitelistings }, options, metrics)
  await Promise.all([payments.driver.close(), whitelistings?.driver.close()])
  throw new ConfigError(problems)
}

/** Records of one sort: a query with a pool of its own. */
interface Source {
  readonly driver: SqlDriver
  readonly system: BusinessSystem
  readonly config: SqlConnectorConfig
  readonly map: ReadMap
  /** Where the configuration has its query. */
  readonly at: string
}

async function openSource(
  { directory, log }: SqlConnectorOptions,
  config: SqlConnectorConfig,
  map: ReadMap,
  at: string,
): Promise<Source> {
  const driver = await openSqlDriver({ config, directory, log })
  return { driver, system: businessSystem(driver, config, map), config, map, at }
}

interface BusinessSystem {
  /** Why the role must not be used; empty when it was proved to read only. Rejects when the server does not answer. */
  prove(signal: AbortSignal): Promise<readonly string[]>
  /** Never asks with a role that was not proved. */
  ask(values: readonly (string | null)[], signal: AbortSignal): Promise<Answer>
}

function businessSystem(driver: SqlDriver, config: SqlConnectorConfig, map: ReadMap): BusinessSystem {
  let isProved = false
  const prove = async (signal: AbortSignal): Promise<readonly string[]> => {
    if (isProved) return []
    const problems = await readOnlyProblems(driver, signal)
    isProved = problems.length === 0
    return problems
  }
  const ask = async (values: readonly (string | null)[], signal: AbortSignal): Promise<Answer> => {
    const [refusal] = await prove(signal)
    if (refusal !== undefined) throw new SqlFault('auth', refusal)
    const workMs = config.statement_timeout + SILENCE_MS_MAX
    return inSession(driver, { signal, workMs }, async (connection): Promise<Answer> => {
      await connection.begin(config.statement_timeout)
      const stale = staleness(await connection.replicaState(), config.replica)
      const result = stale === undefined ? await connection.select(values, rowsMaxOf(map)) : undefined
      await connection.commit()
      return result === undefined ? { is: 'stale', text: stale ?? '' } : { is: 'result', result }
    })
  }
  return { prove, ask }
}

/** Why what this server shows is too old, or may be; undefined when it is not. */
function staleness({ isReplica, lagMs }: ReplicaState, replica: SqlConnectorConfig['replica']): string | undefined {
  if (replica === undefined)
    return isReplica === true ? 'the business system is a replica, and the configuration does not say so' : undefined
  if (lagMs === undefined) return 'how far the replica of the business system is behind is not known'
  return lagMs > replica.lag_max ? 'the replica of the business system is too far behind' : undefined
}

function connectorOf(
  { payments, whitelistings }: { readonly payments: Source; readonly whitelistings: Source | undefined },
  { log }: { readonly log: Logger },
  metrics: ConnectorMetrics,
): Connector {
  const sources = [payments, ...(whitelistings === undefined ? [] : [whitelistings])]
  const lookUp = async (asked: Asked, signal: AbortSignal): Promise<LookUp> => {
    const source = asked.isWhitelisting === true ? whitelistings : payments
    if (source === undefined) throw new Error('invariant: nothing says where whitelistings are asked for')
    const { system, config, map } = source
    const values = config.params.map((name) => asked[name])
    // No database stores such a text as it is; what a client makes of it could be another payment's reference.
    if (values.some((value) => value.includes('\0') || !value.isWellFormed())) return { found: 'none' }
    const answer = await system.ask(values, signal)
    if (answer.is === 'stale') return { found: 'unavailable', code: 'STALE_REPLICA', text: answer.text }
    return readRows(answer.result, map)
  }
  return {
    kind: 'sql',
    lookUp: (asked, signal) =>
      lookUp(asked, signal).catch((error: unknown): LookUp => {
        countError(metrics, 'sql', errorKindOf(error))
        log.error({ reason: reasonOf(error) }, 'the business system could not be asked')
        return {
          found: 'unavailable',
          code: 'CONNECTOR_UNAVAILABLE',
          text: 'the business system could not be asked',
        }
      }),
    problems: async () => (await Promise.all(sources.map(problemsOf))).flat(),
    close: async () => {
      await Promise.all(sources.map(({ driver }) => driver.close()))
    },
  }
}

/** With nulls for parameters the query runs and finds nothing: it proves that the role may read what the query names. */
async function problemsOf({ system, config, map, at }: Source): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(START_MS_MAX)
  try {
    const refusals = await system.prove(signal)
    if (refusals.length > 0) return refusals
    const nulls = config.params.map(() => null)
    const answer = await system.ask(nulls, signal)
    if (answer.is === 'stale') return [answer.text]
    assertColumns(answer.result, map)
    return []
  } catch (error) {
    return [`the query of ${at} does not run: ${error instanceof Error ? error.message : 'unknown error'}`]
  }
}
