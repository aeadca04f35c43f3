import { isIP } from 'node:net'
import { duration, durationBetween, expecting, filePath, isLoopbackHost, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import { placeholdersOf } from './placeholders.ts'
import { passwordInUrl, readServerAddress, URL_PARAMETERS, type ServerAddress } from './server-address.ts'

const STATEMENT_TIMEOUT_MS = 2_000
/** What a query may be asked for; nothing else of a request ever reaches the business system. */
const PARAMETERS = ['reference', 'organisation'] as const
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/

const identifier = (what: string, example: string) =>
  z.string({ error: expecting(`${what} of lower-case letters, digits and _`, example) }).regex(IDENTIFIER)

export const sqlConnectorSchema = z.strictObject({
  kind: z.literal('sql'),
  /** `postgres://user@host:port/database?sslmode=verify-full`, `mysql://` or `mariadb://` with `?ssl-mode=VERIFY_IDENTITY`. */
  database_url: z.string({
    error: expecting('a postgres://, mysql:// or mariadb:// URL of a role that may only read'),
  }),
  password_file: filePath.optional(),
  /** The authorities that may have signed the server's certificate; those of the system when it is left out. */
  ca: filePath.optional(),
  plaintext: z.literal('acknowledged', { error: expecting('the word acknowledged, or this line left out') }).optional(),
  /** PostgreSQL: the only schema in which names are found (default public). */
  schema: identifier('a schema', 'payouts').optional(),
  query: z.string().min(1).max(10_000),
  params: z.array(z.enum(PARAMETERS)).min(1).max(10),
  statement_timeout: durationBetween(50, 30_000, 'from 50ms to 30s').default(STATEMENT_TIMEOUT_MS),
  replica: z
    .strictObject({
      lag_max: duration,
      /** MySQL and MariaDB: one row with one column, the seconds that the replica is behind. */
      lag_query: z.string().min(1).max(10_000).optional(),
    })
    .optional(),
})
export type SqlConnectorConfig = z.output<typeof sqlConnectorSchema>

/** The rules over several members. Paths begin at `connector`. */
export function checkSqlConnector(config: SqlConnectorConfig, profile: string): readonly Problem[] {
  const address = readServerAddress(config.database_url)
  if (typeof address === 'string')
    return [problem('database_url', address, 'postgres://user@host/database?sslmode=verify-full')]
  return [
    ...passwordProblems(config, profile),
    ...transportProblems(config, address),
    ...queryProblems(config, address),
    ...engineProblems(config, address),
  ]
}

const problem = (member: string, what: string, expected: string): Problem => ({
  path: ['connector', ...member.split('.')],
  problem: what,
  expected,
})

function passwordProblems({ database_url, password_file }: SqlConnectorConfig, profile: string): readonly Problem[] {
  if (passwordInUrl(database_url) === undefined) return []
  if (password_file !== undefined)
    return [problem('database_url', 'holds a password beside password_file', 'one of them')]
  return profile === 'development'
    ? []
    : [
        problem(
          'database_url',
          'holds a password, which only profile development may',
          'password_file: secrets/reader.pw',
        ),
      ]
}

/** Whether the URL asks for TLS with a server that proves its name. */
export const isVerified = ({ engine, sslMode }: ServerAddress): boolean => sslMode === VERIFIED[engine]

const VERIFIED = { postgres: 'verify-full', mysql: 'VERIFY_IDENTITY' } as const
const PLAIN = { postgres: 'disable', mysql: 'DISABLED' } as const

function transportProblems({ plaintext, ca }: SqlConnectorConfig, address: ServerAddress): readonly Problem[] {
  const { engine, host, socket, sslMode } = address
  const verified = `${URL_PARAMETERS[engine].sslMode}=${VERIFIED[engine]} in it`
  if (sslMode !== undefined && sslMode !== VERIFIED[engine] && sslMode !== PLAIN[engine])
    return [problem('database_url', 'has a TLS mode in which the server need not prove who it is', verified)]
  if (isVerified(address)) {
    if (socket !== undefined) return [problem('database_url', 'asks for TLS on a socket', 'one of them')]
    // mysql2 compares the certificate of an address with "localhost".
    return engine === 'mysql' && isIP(host) !== 0
      ? [problem('database_url', 'asks for TLS to an address, which is not compared', 'the name of the host')]
      : []
  }
  if (ca !== undefined) return [problem('ca', 'is there and the URL does not ask for TLS', verified)]
  return socket !== undefined || isLoopbackHost(host) || plaintext !== undefined
    ? []
    : [problem('database_url', 'does not verify the server', `${verified}, or plaintext: acknowledged`)]
}

export function queryProblems({ query, params }: SqlConnectorConfig, { engine }: ServerAddress): readonly Problem[] {
  const problems: Problem[] = []
  if (!params.includes('reference'))
    problems.push(problem('params', 'does not pass the reference', 'reference among them'))
  const used = placeholdersOf(query, engine)
  const isComplete =
    engine === 'mysql'
      ? used.length === params.length
      : new Set(used).size === params.length && params.every((_, index) => used.includes(`$${index + 1}`))
  if (!isComplete)
    problems.push(
      problem(
        'query',
        'does not use exactly the parameters of params',
        engine === 'mysql' ? `${params.length} times ?` : `$1 to $${params.length}`,
      ),
    )
  return problems
}

function engineProblems(
  { schema, replica }: SqlConnectorConfig,
  { engine, user, database }: ServerAddress,
): readonly Problem[] {
  const problems: Problem[] = []
  if (user === '' || database === '')
    problems.push(problem('database_url', 'is not whole', 'a user and a database in it'))
  if (engine === 'postgres') {
    if (replica?.lag_query !== undefined)
      problems.push(
        problem('replica.lag_query', 'is not for PostgreSQL', 'nothing: it says itself how far behind it is'),
      )
    return problems
  }
  if (schema !== undefined)
    problems.push(
      problem('schema', 'is not for MySQL and MariaDB', 'nothing: the database of the URL is what names are found in'),
    )
  if (replica !== undefined && replica.lag_query === undefined)
    problems.push(problem('replica.lag_query', 'is missing', 'a query of one row and one column: seconds'))
  return problems
}
