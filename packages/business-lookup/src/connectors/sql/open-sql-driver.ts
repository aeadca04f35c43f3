import { resolve } from 'node:path'
import { ConfigError, readSmallFile } from '@callback-quorum/service'
import type { ConnectorOptions } from '../connector.ts'
import { createMysqlDriver } from './mysql-driver.ts'
import { createPostgresDriver } from './postgres-driver.ts'
import { passwordInUrl, readServerAddress } from './server-address.ts'
import { isVerified, type SqlConnectorConfig } from './sql-connector-config.ts'
import type { SqlDriver } from './sql-driver.ts'
import { reasonOf } from './sql-fault.ts'
import { tlsTrustOf } from './tls-trust.ts'

const SCHEMA = 'public'

/** The driver of the engine that the URL names, with password and authorities from their files. Throws ConfigError; connects to nothing. */
export async function openSqlDriver({
  config,
  directory,
  log,
}: Pick<ConnectorOptions<SqlConnectorConfig>, 'config' | 'directory' | 'log'>): Promise<SqlDriver> {
  const address = readServerAddress(config.database_url)
  if (typeof address === 'string') throw new ConfigError([`connector.database_url: ${address}`])
  const read = (member: 'password_file' | 'ca', secret?: 'secret'): Promise<string> | undefined => {
    const file = config[member]
    return file === undefined ? undefined : readFile(resolve(directory, file), member, secret)
  }
  const [passwordText, ca] = await Promise.all([read('password_file', 'secret'), read('ca')])
  // Editors end a file with a line feed.
  const password = passwordText?.replace(/\r?\n$/, '') ?? passwordInUrl(config.database_url)
  if (password === '') throw new ConfigError(['connector.password_file: is empty; expected the password'])
  const tls = isVerified(address) ? tlsTrustOf(address.host, ca) : undefined
  const options = {
    query: config.query,
    schema: config.schema ?? SCHEMA,
    lagQuery: config.replica?.lag_query,
    onBroken: (error: Error) => {
      log.warn({ reason: reasonOf(error) }, 'a connection to the business system broke')
    },
  }
  return address.engine === 'postgres'
    ? createPostgresDriver(address, password, tls, options)
    : createMysqlDriver(address, password, tls, options)
}

async function readFile(path: string, member: string, secret?: 'secret'): Promise<string> {
  return readSmallFile(path, secret).catch((error: unknown) => {
    throw new ConfigError([`connector.${member}: ${path} ${error instanceof Error ? error.message : 'cannot be read'}`])
  })
}
