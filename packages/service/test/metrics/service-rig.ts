import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { z } from 'zod'
import { sharedKeyFiles } from '../../../../test/shared-key-files.ts'
import { scrape, type Scrape } from '../../../../test/scrape.ts'
import {
  commonConfigShape,
  createAdminToken,
  createLogger,
  createServiceContext,
  createTestDatabase,
  listen,
  readConfigFile,
  type ListenOptions,
  type RunningService,
  type ServiceContext,
} from '../../src/index.ts'

const run = promisify(execFile)

/** A service of nothing but the floor: it approves what it is asked. */
export interface ServiceRig {
  readonly folder: string
  readonly context: ServiceContext
  readonly service: RunningService
  readonly tokens: Readonly<Record<'viewer' | 'operator', string>>
  readonly logLines: readonly string[]
  scrape(): Promise<Scrape>
  close(): Promise<void>
}

export interface ServiceRigOptions {
  readonly listening?: Partial<ListenOptions>
  readonly nowMs?: () => number
  /** Lines of `pubkey_path` of the caller. */
  readonly callerKeys?: string
}

/** A certificate of `name` for so many days, with its key, in `folder`. */
export async function certify(folder: string, name: string, days: number): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const rest = ['-subj', `/CN=${name}`, '-days', String(days), '-out', `${name}.pem`]
  await run('openssl', ['req', '-x509', ...key, ...rest, '-addext', 'subjectAltName=IP:127.0.0.1'], { cwd: folder })
  await chmod(join(folder, `${name}.key`), 0o600)
}

export async function startServiceRig(options: ServiceRigOptions = {}): Promise<ServiceRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq service '))
  for (const name of ['own', 'node', 'node-old']) await sharedKeyFiles(join(folder, 'keys'), name)
  await certify(folder, 'server', 20)
  await certify(folder, 'client-ca', 10)
  const [viewer, operator] = [createAdminToken(), createAdminToken()]
  const entries = [
    `  - { name: vera, role: viewer, sha256: ${viewer.sha256} }`,
    `  - { name: olga, role: operator, sha256: ${operator.sha256} }`,
  ]
  await writeFile(join(folder, 'tokens.yaml'), `tokens:\n${entries.join('\n')}\n`)
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  const path = join(folder, 'service.yaml')
  await writeFile(path, configText(testDatabase.url, options))
  const logLines: string[] = []
  const { nowMs } = options
  const context = await createServiceContext(await readConfigFile(path, z.strictObject(commonConfigShape), {}), {
    migrations: [],
    log: createLogger({
      name: 'rig',
      level: 'debug',
      format: 'json',
      destination: { write: (line) => logLines.push(line) },
    }),
    ...(nowMs === undefined ? {} : { clock: { nowMs } }),
  })
  const service = await listen(context, {
    decide: () => Promise.resolve({ answer: 'approve' }),
    notReady: () => Promise.resolve([]),
    ...options.listening,
  })
  return {
    folder,
    context,
    service,
    tokens: { viewer: viewer.token, operator: operator.token },
    logLines,
    scrape: () => scrape(service.metricsUrl),
    async close() {
      await service.stop()
      await testDatabase.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const configText = (databaseUrl: string, { callerKeys }: ServiceRigOptions): string => `service_name: rig
profile: development
callback:
  - { listen: 127.0.0.1:0, dialects: [cobo-v2], tls: { cert: server.pem, key: server.key, client_ca: client-ca.pem } }
  - { listen: 127.0.0.1:0, dialects: [cobo-v2] }
admin: { listen: 127.0.0.1:0, tokens: tokens.yaml }
metrics: { listen: 127.0.0.1:0 }
identity: { private_key: keys/own.pem }
callers:
  - name: node-eu-1
    platform: cobo
    dialects: [cobo-v2]
    organisation: acme
    pubkey_path: ${callerKeys ?? 'keys/node.pub'}
database_url: ${databaseUrl}
data_dir: data
`
