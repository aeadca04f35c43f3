import { join } from 'node:path'
import type { Logger } from '../log.ts'
import { ServiceFault } from '../faults.ts'
import { connectDatabase, type ConnectOptions } from './connect-database.ts'
import type { Database, MigrationSet } from './database.ts'
import { createDatabase } from './create-database.ts'
import type { DatabaseMetrics } from './database-metrics.ts'
import { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts'
import { migrate } from './migrate.ts'

const DATABASE_NAME = 'callback_quorum'

export interface OpenDatabaseOptions {
  /** Own PostgreSQL server. Empty or absent: an embedded one, never with profile `production`. */
  readonly url?: string | undefined
  readonly dataDir: string
  readonly profile: 'development' | 'single-host' | 'production'
  readonly poolSizeMax?: number
  readonly migrations: readonly MigrationSet[]
  readonly log: Logger
  /** The embedded server may keep its files in the temporary folder when it cannot reach `dataDir`. Default: only in development. */
  readonly relocate?: boolean
  readonly metrics?: DatabaseMetrics
}

/** A migrated database, ready for use: the one at `url`, or an embedded PostgreSQL in `dataDir/postgres` that `close()` stops. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url, migrations } = options
  if (url === undefined || url === '') return openEmbedded(options)
  await migrate(url, migrations)
  return connectDatabase({ ...connectionOf(options), url })
}

const connectionOf = ({ poolSizeMax, log, metrics }: OpenDatabaseOptions): Omit<ConnectOptions, 'url'> => ({
  log,
  ...(poolSizeMax !== undefined && { poolSizeMax }),
  ...(metrics !== undefined && { metrics }),
})

async function openEmbedded(options: OpenDatabaseOptions): Promise<Database> {
  const { dataDir, profile, migrations, log, relocate = profile === 'development' } = options
  if (profile === 'production') {
    throw new ServiceFault(
      'ERR_SERVICE_DATABASE_URL',
      'profile production needs database_url: an own PostgreSQL server',
    )
  }
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log, relocate })
  try {
    await createDatabase(server.url, DATABASE_NAME)
    const url = server.urlOf(DATABASE_NAME)
    await migrate(url, migrations)
    return await connectDatabase({ ...connectionOf(options), url, afterClose: () => server.stop() })
  } catch (error) {
    await server.stop()
    throw error
  }
}
