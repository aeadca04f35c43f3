import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createAdminToken,
  createLogger,
  createTestDatabase,
  migrationsBeside,
  type Database,
  type RunningService,
  type TestDatabase,
} from '@callback-quorum/service'
import {
  createTssNode,
  startCallbackDouble,
  type CallbackDouble,
  type Exchange,
  type PackageContent,
  type TssNode,
} from '@callback-quorum/simulator'
import { inject } from 'vitest'
import { readGatewayConfig, startGateway } from '../src/index.ts'
import { sharedKeyFiles } from '../../../test/shared-key-files.ts'

/** The gateway's migrations, as the gateway itself names them. */
const MIGRATIONS = [
  { name: 'gateway', directory: migrationsBeside(new URL('../src/gateway.ts', import.meta.url).href) },
]

export interface CheckerSpec {
  readonly name: string
  /** More members of the entry, as YAML flow text: `stage: 2, outcome: true`. */
  readonly entry?: string
  readonly bound?: 'raw' | 'description' | 'none'
  /** Serves HTTPS with this certificate. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly clientCa?: Buffer }
}

export interface RigOptions {
  readonly checkers?: readonly CheckerSpec[]
  /** More lines of the gateway's configuration. */
  readonly extra?: string
  readonly quorum?: string
  readonly caller?: string
  /** Co-signers beside the node, as lines of the configuration; their tokens verify with keys/cosigner.pub. */
  readonly cosigners?: { readonly listeners: string; readonly callers: string }
}

export interface GatewayRig {
  readonly gateway: RunningService
  readonly node: TssNode
  readonly doubles: ReadonlyMap<string, CallbackDouble>
  readonly database: Database
  readonly testDatabase: TestDatabase
  readonly folder: string
  readonly adminToken: string
  /** May look at the freeze, not change it. */
  readonly viewerToken: string
  readonly nodeKey: KeyObject
  /** A private key of keys/, by its name. */
  key(name: string): Promise<KeyObject>
  readonly url: string
  /** Restarts the gateway on the same database and doubles, with its configuration changed when asked to. */
  restart(change?: (configText: string) => string): Promise<void>
  /** The double of this name; throws when there is none. */
  double(name: string): CallbackDouble
  /** The outcomes that this checker was told so far, in order of arrival. */
  told(name: string): readonly string[]
  /** One attempt of the node; the only server's exchange. */
  ask(content: PackageContent): Promise<Exchange>
  close(): Promise<void>
}

const DEFAULT_CHECKERS: readonly CheckerSpec[] = [{ name: 'alpha' }, { name: 'beta' }, { name: 'gamma' }]

/** A real gateway on a real database, real doubles as its checkers, a simulated node that asks it. */
export async function startGatewayRig(options: RigOptions = {}): Promise<GatewayRig> {
  const checkers = options.checkers ?? DEFAULT_CHECKERS
  const folder = await mkdtemp(join(tmpdir(), 'cq gateway '))
  const cosigners = options.cosigners === undefined ? [] : ['cosigner']
  for (const name of ['gateway', 'internal', 'node', ...cosigners]) await sharedKeyFiles(join(folder, 'keys'), name)
  const key = async (name: string): Promise<KeyObject> =>
    createPrivateKey(await readFile(join(folder, 'keys', `${name}.pem`)))
  const [nodeKey, internalKey] = [await key('node'), await key('internal')]
  const callerKeys = await Promise.all(['node', ...cosigners].map(async (name) => createPublicKey(await key(name))))
  const doubles = new Map<string, CallbackDouble>()
  for (const { name, bound, tls } of checkers) {
    const double = await startCallbackDouble({
      name,
      callerKeys,
      outcomeKeys: [createPublicKey(internalKey)],
      wrapKeys: [createPublicKey(internalKey)],
      ...(bound === undefined ? {} : { bound }),
      ...(tls === undefined ? {} : { tls }),
    })
    doubles.set(name, double)
    await writeFile(join(folder, 'keys', `${name}.pub`), double.publicKey.export({ type: 'spki', format: 'pem' }))
  }
  const [approver, viewer] = [createAdminToken(), createAdminToken()]
  await writeFile(
    join(folder, 'tokens.yaml'),
    `tokens:
  - { name: alice, role: approver, sha256: ${approver.sha256} }
  - { name: victor, role: viewer, sha256: ${viewer.sha256} }
`,
  )
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  const path = join(folder, 'gateway.yaml')
  await writeFile(path, configText(options, checkers, doubles, testDatabase.url))

  const start = async (): Promise<RunningService> =>
    startGateway({
      file: await readGatewayConfig(path, {}),
      log: createLogger({ level: 'silent', format: 'json', name: 'rig' }),
    })
  let gateway = await start()
  const publicKey = createPublicKey(await key('gateway'))
  const createNode = (): TssNode =>
    createTssNode({
      name: 'node',
      privateKey: nodeKey,
      servers: [{ serviceAddress: `${gateway.callbackUrls[0] ?? ''}/v2/check`, publicKey, name: 'gateway' }],
    })
  let node = createNode()
  const database = await testDatabase.open()
  const double = (name: string): CallbackDouble => {
    const found = doubles.get(name)
    if (found === undefined) throw new Error(`no double ${name}`)
    return found
  }
  return {
    get gateway() {
      return gateway
    },
    get node() {
      return node
    },
    get url() {
      return gateway.callbackUrls[0] ?? ''
    },
    doubles,
    database,
    testDatabase,
    folder,
    adminToken: approver.token,
    viewerToken: viewer.token,
    double,
    told: (name) => double(name).outcomes.map(({ notice, problem }) => notice?.outcome ?? problem ?? '?'),
    nodeKey,
    key,
    async restart(change) {
      await node.close()
      await gateway.stop()
      if (change !== undefined) await writeFile(path, change(await readFile(path, 'utf8')))
      gateway = await start()
      node = createNode()
    },
    async ask(content) {
      const [exchange] = await node.askOnce(content)
      if (exchange === undefined) throw new Error('the node has one server')
      return exchange
    },
    async close() {
      await node.close()
      await gateway.stop()
      await Promise.all([...doubles.values()].map((double) => double.close()))
      await testDatabase.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configText(
  options: RigOptions,
  checkers: readonly CheckerSpec[],
  doubles: ReadonlyMap<string, CallbackDouble>,
  databaseUrl: string,
): string {
  const entries = checkers.map(({ name, entry = 'outcome: true' }) => {
    const fields = `name: ${name}, service_address: "${doubles.get(name)?.url ?? ''}", pubkey_path: keys/${name}.pub, request_timeout: 700ms`
    return `  - { ${fields}, ${entry} }`
  })
  const names = checkers.map(({ name }) => name).join(', ')
  return `service_name: gateway
profile: development
callback:
  - { listen: 127.0.0.1:0, dialects: [cobo-v1, cobo-v2] }
${options.cosigners?.listeners ?? ''}
admin: { listen: 127.0.0.1:0, tokens: tokens.yaml }
metrics: { listen: 127.0.0.1:0 }
identity: { private_key: keys/gateway.pem, internal_key: keys/internal.pem }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v1, cobo-v2], organisation: acme, pubkey_path: keys/node.pub${options.caller ?? ''} }
${options.cosigners?.callers ?? ''}
database_url: ${databaseUrl}
data_dir: data
replica: rig-${randomBytes(4).toString('hex')}
checkers:
${entries.join('\n')}
quorum:
${options.quorum ?? `  - { callers: [node], kinds: [keysign], require: [${names}] }`}
${options.extra ?? ''}
`
}
