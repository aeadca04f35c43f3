import { describe, expect, test } from 'vitest'
import { checkSqlConnector, sqlConnectorSchema } from '../../src/connectors/sql/sql-connector-config.ts'

const QUERY = 'select state from payout where reference = $1'
const MYSQL = { query: 'select reference, state from payout where reference = ?' }

const problemsOf = (written: Readonly<Record<string, unknown>>, profile = 'production'): readonly string[] => {
  const config = sqlConnectorSchema.parse({ kind: 'sql', query: QUERY, params: ['reference'], ...written })
  return checkSqlConnector(config, profile).map(({ path, problem }) => `${path.join('.')} ${problem}`)
}
const at = (database_url: string, more: object = {}): Readonly<Record<string, unknown>> => ({ database_url, ...more })

// prettier-ignore
describe('accepts', () => {
  test.each([
    ['a host that proves its name', at('postgres://r@db.internal/d?sslmode=verify-full', { ca: 'ca.pem' })],
    ['an address that does', at('postgres://r@10.0.0.7:5433/d?sslmode=verify-full')],
    ['this machine in plain', at('postgresql://r@127.0.0.1/d')],
    ['this machine by its IPv6 address', at('postgres://r@[::1]/d?sslmode=disable')],
    ['a socket', at('postgres:///d?host=/run/postgresql&user=r')],
    ['another host in plain, when that is acknowledged', at('postgres://r@db.internal/d', { plaintext: 'acknowledged' })],
    ['a replica', at('postgres://r@localhost/d', { replica: { lag_max: '5s' } })],
    ['a MySQL server', at('mysql://r@db.internal/d?ssl-mode=VERIFY_IDENTITY', MYSQL)],
    ['a MariaDB server', at('mariadb://r@localhost:3307/d', MYSQL)],
    ['a MariaDB server at a socket', at('mariadb:///d?socket=/run/mysqld/mysqld.sock&user=r', MYSQL)],
    ['a MySQL replica', at('mysql://r@localhost/d', { ...MYSQL, replica: { lag_max: '5s', lag_query: 'select s from lag' } })],
    ['a parameter of PostgreSQL used twice', at('postgres://r@localhost/d', { query: 'select $1 where $1 = $1' })],
    ['a question mark in a text', at('mysql://r@localhost/d', { ...MYSQL, query: "select '?', `a?` from t where r = ? -- why?" })],
  ])('%s', (_, written) => {
    expect(problemsOf(written)).toEqual([])
  })
})

// prettier-ignore
describe('refuses', () => {
  test.each([
    ['another host in plain', at('postgres://r@db.internal/d'), 'connector.database_url does not verify the server'],
    ['MySQL on another host in plain', at('mysql://r@db.internal/d', MYSQL), 'connector.database_url does not verify the server'],
    ['TLS with whoever answers', at('postgres://r@db.internal/d?sslmode=require'), 'connector.database_url has a TLS mode in which the server need not prove who it is'],
    ['TLS that proves an authority and no name', at('postgres://r@db.internal/d?sslmode=verify-ca'), 'connector.database_url has a TLS mode in which the server need not prove who it is'],
    ['the same for MySQL', at('mysql://r@db.internal/d?ssl-mode=VERIFY_CA', MYSQL), 'connector.database_url has a TLS mode in which the server need not prove who it is'],
    ['a MySQL server that shall prove an address', at('mysql://r@10.0.0.7/d?ssl-mode=VERIFY_IDENTITY', MYSQL), 'connector.database_url asks for TLS to an address, which is not compared'],
    ['TLS on a socket', at('postgres:///d?host=/run/postgresql&user=r&sslmode=verify-full'), 'connector.database_url asks for TLS on a socket'],
    ['authorities that nobody asks for', at('postgres://r@localhost/d', { ca: 'ca.pem' }), 'connector.ca is there and the URL does not ask for TLS'],
    ['two modes', at('postgres://r@db/d?sslmode=disable&sslmode=verify-full'), 'connector.database_url has a parameter that is not one of sslmode, host, user, or one twice'],
    ['another host behind the question mark', at('postgres://r@localhost/d?host=db'), 'connector.database_url has a host that is not an absolute path, or a host beside it'],
    ['settings that would win over ours', at('postgres://r@localhost/d?options=-c%20search_path=x'), 'connector.database_url has a parameter that is not one of sslmode, host, user, or one twice'],
    ['a password in the URL', at('postgres://r:secret@localhost/d'), 'connector.database_url holds a password, which only profile development may'],
    ['two passwords', at('postgres://r:secret@localhost/d', { password_file: 'r.pw' }), 'connector.database_url holds a password beside password_file'],
    ['another engine', at('oracle://r@localhost/d'), 'connector.database_url is not a URL that begins with postgres://, mysql:// or mariadb://'],
    ['no database', at('postgres://r@localhost'), 'connector.database_url does not name the user and the database'],
    ['no user', at('mysql://localhost/d', MYSQL), 'connector.database_url does not name the user and the database'],
    ['a lag query for PostgreSQL', at('postgres://r@localhost/d', { replica: { lag_max: '5s', lag_query: 'select 0' } }), 'connector.replica.lag_query is not for PostgreSQL'],
    ['a MySQL replica of unknown age', at('mysql://r@localhost/d', { ...MYSQL, replica: { lag_max: '5s' } }), 'connector.replica.lag_query is missing'],
    ['a schema for MySQL', at('mysql://r@localhost/d', { ...MYSQL, schema: 'other' }), 'connector.schema is not for MySQL and MariaDB'],
    ['a query that does not use its parameter', at('postgres://r@localhost/d', { query: "select '$1'" }), 'connector.query does not use exactly the parameters of params'],
    ['a parameter too many', at('postgres://r@localhost/d', { query: 'select $1, $2' }), 'connector.query does not use exactly the parameters of params'],
    ['a question mark too many', at('mysql://r@localhost/d', { ...MYSQL, query: 'select ? where r = ?' }), 'connector.query does not use exactly the parameters of params'],
    ['a query without the reference', at('postgres://r@localhost/d', { params: ['organisation'] }), 'connector.params does not pass the reference'],
  ])('%s', (_, written, expected) => {
    expect(problemsOf(written)).toEqual([expected])
  })
})

test('a password in the URL is for development, and no problem ever repeats it', () => {
  expect(problemsOf(at('postgres://r:secret@localhost/d'), 'development')).toEqual([])
  for (const url of ['postgres://r:s3cret@db/d', 'postgres://r:s3cret@', 'mysql://r:s3cret@db/d?x=1'])
    expect(problemsOf(at(url)).join()).not.toContain('s3cret')
})

test.each([
  ['a timeout without end', { statement_timeout: '1h' }],
  ['no timeout', { statement_timeout: '0s' }],
  ['a schema that is no plain name', { schema: 'public, other' }],
  ['an unknown member', { search_path: 'public' }],
  ['another word for plain', { plaintext: 'yes' }],
])('the schema refuses %s', (_, more) => {
  const written = {
    kind: 'sql',
    database_url: 'postgres://r@localhost/d',
    query: QUERY,
    params: ['reference'],
    ...more,
  }
  expect(sqlConnectorSchema.safeParse(written).success).toBe(false)
})
