import { ConfigError, createLogger, systemClock, type Database } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import type { Connector, LookUp, RecordMap } from '../../src/index.ts'
import { openSqlConnector } from '../../src/connectors/sql/sql-connector.ts'
import { sqlConnectorSchema } from '../../src/connectors/sql/sql-connector-config.ts'

export const MAP: RecordMap = {
  status: { at: 'state' },
  asset: { at: 'asset' },
  amount: { at: 'amount' },
  destination: { at: 'address' },
  tag: { at: 'memo' },
  expires_at: { at: 'valid_until' },
}
export const BATCH: RecordMap = { ...MAP, outputs: 'rows' }

const COLUMNS = 'reference, state, asset, amount, address, memo, valid_until'
export const queryOf = (placeholder: '$1' | '?', columns = COLUMNS, limit = ''): string =>
  `select ${columns} from withdrawal where reference = ${placeholder} ${limit}`

export interface Opened {
  readonly connector: Connector
  readonly registry: Registry
  ask(reference: string, signal?: AbortSignal): Promise<LookUp>
}

/** Opens a connector as a configuration file would say it. The checker's own database is not the connector's business. */
export async function open(
  written: Readonly<Record<string, unknown>>,
  { map = MAP, database, directory = '/' }: { map?: RecordMap; database: Database; directory?: string },
): Promise<Opened> {
  const config = sqlConnectorSchema.parse({ kind: 'sql', params: ['reference'], ...written })
  const registry = new Registry()
  const log = createLogger({ level: 'silent', name: 'rig' })
  const connector = await openSqlConnector({ config, map, directory, clock: systemClock, log, registry, database })
  const ask = (reference: string, signal = AbortSignal.timeout(10_000)): Promise<LookUp> =>
    connector.lookUp({ reference, organisation: 'acme' }, signal)
  return { connector, registry, ask }
}

/** What a look-up came to, in a word; for `one` the amounts. */
export function wordOf(lookUp: LookUp): string {
  switch (lookUp.found) {
    case 'one':
      return lookUp.intent.outputs.map(({ amount }) => (amount.is === 'text' ? amount.text : amount.is)).join(' ')
    case 'none':
    case 'many':
      return lookUp.found
    case 'unavailable':
    case 'refused':
      return lookUp.code
    default:
      throw new Error(JSON.stringify(lookUp satisfies never))
  }
}

/** The problems with which it refuses to open; empty when it opens. */
export const refusalOf = (opening: Promise<Opened>): Promise<readonly string[]> =>
  opening.then(
    async ({ connector }) => {
      await connector.close()
      return []
    },
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
