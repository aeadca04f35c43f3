import { execFile } from 'node:child_process'
import { chown, copyFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../packages/service/src/database/index.ts'

const run = promisify(execFile)
const postgresFolder = join(import.meta.dirname, '../../deploy/compose/postgres')
const SETTINGS = {
  ssl: 'on',
  ssl_cert_file: 'server.pem',
  ssl_key_file: 'server.key',
  ssl_ca_file: 'ca.pem',
  ssl_min_protocol_version: 'TLSv1.2',
}

export interface ComposeDatabase {
  readonly port: number
  /** Speaks as the superuser; nobody else can any more. */
  readonly superuser: pg.Client
  stop(): Promise<void>
}

/** A PostgreSQL that was given compose's init.sql (by psql, as its image would), its certificates and its pg_hba.conf. */
export async function startComposeDatabase(dataDir: string, secrets: string): Promise<ComposeDatabase> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, relocate: true, maxConnections: 200 })
  const env = { ...process.env, SECRETS: secrets }
  await run('psql', ['--no-psqlrc', '--quiet', '--file', join(postgresFolder, 'init.sql'), server.url], { env })
  const superuser = new pg.Client({ connectionString: server.urlOf('payouts') })
  await superuser.connect()
  const data = join(server.dataDir, 'cluster/data')
  const { uid, gid } = await stat(data)
  for (const name of ['server.pem', 'server.key', 'ca.pem']) {
    await copyFile(join(secrets, name), join(data, name))
    await chown(join(data, name), uid, gid)
  }
  await writeFile(join(data, 'pg_hba.conf'), await readFile(join(postgresFolder, 'pg_hba.conf')))
  for (const [name, value] of Object.entries(SETTINGS)) await superuser.query(`alter system set ${name} = '${value}'`)
  await superuser.query('select pg_reload_conf()')
  return {
    port: Number(new URL(server.url).port),
    superuser,
    stop: async () => {
      await superuser.end()
      await server.stop()
    },
  }
}
