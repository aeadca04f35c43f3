import { ConfigError, type Database } from '@callback-quorum/service'
import { inboxConfigOf, type BusinessLookupConfig } from '../config.ts'
import type { Connector, ConnectorOptions } from './connector.ts'
import { openHttpConnector } from './http/http-connector.ts'
import { openInboxConnector } from './inbox/inbox-connector.ts'
import { openSqlConnector } from './sql/sql-connector.ts'

export type OpenConnectorOptions = Omit<ConnectorOptions<BusinessLookupConfig>, 'map' | 'whitelisting' | 'database'> & {
  /** Only the inbox needs it: what was pushed lies there. */
  readonly database?: Database | undefined
  /** False for a trial beside the running checker: its listener is that checker's. */
  readonly listens: boolean
}

/** The way to the business system that the configuration names. Throws ConfigError for what the operator must change. */
export function openConnector({
  config: whole,
  database,
  listens,
  ...context
}: OpenConnectorOptions): Promise<Connector> {
  const { connector: config, map, whitelisting } = whole
  switch (config.kind) {
    case 'http':
      return openHttpConnector({ ...context, config, map, whitelisting })
    case 'sql':
      return openSqlConnector({ ...context, config, map, whitelisting })
    case 'inbox':
      if (database === undefined)
        throw new ConfigError(['the inbox lies in the database of the checker, which cannot be read from here'])
      return openInboxConnector({
        ...context,
        config: inboxConfigOf(whole, config),
        map,
        whitelisting,
        database,
        listens,
      })
    default:
      throw new Error(`invariant: unknown connector ${JSON.stringify(config satisfies never)}`)
  }
}
