import { execFile, execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { createTssNode, makeV2KeySign, type Exchange, type PackageContent } from '@callback-quorum/simulator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startComposeDatabase, type ComposeDatabase } from './compose-database.ts'
import { startComposeServices, type ComposeServices } from './compose-services.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const TEAMS = ['gateway', 'limits', 'sanctions', 'business-lookup', 'integrity'] as const
const role = (team: string): string => team.replace('-', '_')

const missing = ['psql', 'openssl'].filter((program) => {
  try {
    execFileSync('which', [program])
    return false
  } catch {
    return true
  }
})
const PACKAGES = { psql: 'postgresql-client', openssl: 'openssl' } as const
const title =
  missing.length === 0 ? '' : ` (left out: install ${missing.map((name) => PACKAGES[name as 'psql']).join(', ')})`

describe.runIf(missing.length === 0)(`what compose.yaml mounts, started as processes${title}`, () => {
  let folder = ''
  let secrets = ''
  let database: ComposeDatabase
  let services: ComposeServices

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cq-compose-'))
    secrets = join(folder, 'secrets')
    const env = {
      ...process.env,
      CALLBACK_QUORUM: join(root, 'packages/cli/bin/callback-quorum'),
    }
    await run(join(root, 'deploy/compose/make-secrets.sh'), [secrets], { env })
    database = await startComposeDatabase(join(folder, 'postgres'), join(secrets, 'postgres'))
    await writeList(join(folder, 'sanctions/lists'))
    services = await startComposeServices({ folder, secrets, databasePort: database.port })
  }, 600_000)

  afterAll(async () => {
    await services.stop()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  async function ask(content: PackageContent): Promise<Exchange> {
    const read = (path: string): Promise<string> => readFile(join(secrets, path), 'utf8')
    const node = createTssNode({
      name: 'node-eu-1',
      privateKey: createPrivateKey(await read('node/node-eu-1.pem')),
      servers: [
        {
          name: 'gateway',
          serviceAddress: `https://127.0.0.1:${String(services.gatewayPort)}/v2/check`,
          publicKey: createPublicKey(await read('gateway/identity.pub')),
          ca: await read('authority/ca.pem'),
        },
      ],
    })
    const [exchange] = await node.askOnce(content).finally(() => node.close())
    if (exchange === undefined) throw new Error('invariant: one server gives one exchange')
    return exchange
  }
  const payment = (reference: string, amount: string): PackageContent =>
    makeV2KeySign({ to: CUSTOMER, organisation: 'acme', reference, amount })

  async function connectAs(team: string, databaseName: string, user = role(team)): Promise<string> {
    const files = join(secrets, team)
    const url = `postgres://${user}@127.0.0.1:${String(database.port)}/${databaseName}?sslmode=verify-full&sslrootcert=${files}/ca.pem&sslcert=${files}/database.pem&sslkey=${files}/database.key`
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      const { rows } = await client.query<{ name: string }>('select current_user as name')
      return rows[0]?.name ?? ''
    } catch (error) {
      return error instanceof pg.DatabaseError ? (error.code ?? '') : String(error)
    } finally {
      await client.end()
    }
  }

  test('a payment that the business system knows is approved by all four checkers, through certificates all the way', async () => {
    await database.superuser.query(
      `insert into payouts values ('WD-00000001', 'approved', 'ETH', 0.01, $1, null, now() + interval '1 day')`,
      [CUSTOMER],
    )
    const exchange = await ask(payment('WD-00000001', '0.01'))
    expect(exchange, exchange.error).toMatchObject({ http: 200, result: 'approve' })
    const { rows } = await database.superuser.query<{ datname: string; usename: string }>(
      `select distinct datname, usename from pg_stat_activity join pg_stat_ssl using (pid) where ssl and usename <> 'lookup_reader' order by 1`,
    )
    const names = TEAMS.map(role).sort()
    expect(rows.map(({ datname }) => datname)).toEqual(names)
    expect(rows.map(({ usename }) => usename)).toEqual(names)
  })

  test('one that it knows with another amount is rejected, and one that it does not know yet is not approved', async () => {
    expect(await ask(payment('WD-00000002', '0.01'))).toMatchObject({ result: 'no_answer' })
    await database.superuser.query(
      `insert into payouts values ('WD-00000003', 'approved', 'ETH', 0.02, $1, null, now() + interval '1 day')`,
      [CUSTOMER],
    )
    expect(await ask(payment('WD-00000003', '0.01'))).toMatchObject({ result: 'reject' })
  })

  test.each(TEAMS)('%s gets into its own database, into no other one, and is nobody else', async (team) => {
    expect(await connectAs(team, role(team))).toBe(role(team))
    for (const other of TEAMS.filter((name) => name !== team)) {
      // 28000: pg_hba.conf has no line for it, or the certificate names somebody else.
      expect(await connectAs(team, role(other))).toBe('28000')
      expect(await connectAs(team, role(other), role(other))).toBe('28000')
    }
    expect(await connectAs(team, 'postgres', 'postgres')).toBe('28000')
  })

  test('a second run makes nothing anew, and no file of a key is open to others', async () => {
    const before = await readFile(join(secrets, 'limits/identity.pem'), 'utf8')
    const env = { ...process.env, CALLBACK_QUORUM: 'false' }
    await run(join(root, 'deploy/compose/make-secrets.sh'), [secrets], { env })
    expect(await readFile(join(secrets, 'limits/identity.pem'), 'utf8')).toBe(before)
    for (const path of [
      'limits/identity.pem',
      'gateway/tls.key',
      'postgres/server.key',
      'people/gateway-operator.token',
    ])
      expect((await stat(join(secrets, path))).mode & 0o077, path).toBe(0)
  })
})

/** The list that is packaged for demonstrations, delivered as if somebody had just checked it. */
async function writeList(lists: string): Promise<void> {
  const packaged = join(root, 'packages/sanctions/data/sdn_advanced_2025-11-19.trim.xml.gz')
  const list = gunzipSync(await readFile(packaged))
  await mkdir(lists, { recursive: true })
  await writeFile(join(lists, 'sdn_advanced.xml'), list)
  const sha256 = createHash('sha256').update(list).digest('hex')
  const manifest = { checked_at: new Date().toISOString(), sha256 }
  await writeFile(join(lists, 'sdn_advanced.xml.manifest.json'), JSON.stringify(manifest))
}
