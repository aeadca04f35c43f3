import { spawn, type ChildProcess } from 'node:child_process'
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBusinessLookupConfig, startBusinessLookup } from '@callback-quorum/business-lookup'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import { readLimitsConfig, startLimits } from '@callback-quorum/limits'
import { readSanctionsConfig, startSanctions } from '@callback-quorum/sanctions'
import {
  createLogger,
  createTestDatabase,
  generateRsaKeyFiles,
  type Database,
  type RunningService,
  type TestDatabase,
} from '@callback-quorum/service'
import {
  createCosigner,
  createTssNode,
  CUSTODY,
  testAddress,
  testRootPubkey,
  type Cosigner,
  type TssNode,
} from '@callback-quorum/simulator'
import { inject } from 'vitest'
import { createReaderRole } from '../../packages/business-lookup/test/reader-role.ts'

export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')

type CheckerName = 'limits' | 'sanctions' | 'business-lookup' | 'integrity'
const CHECKERS: readonly CheckerName[] = ['limits', 'sanctions', 'business-lookup', 'integrity']

/** The API users of a pair of Co-signers: the second one only signs, for when the first cannot. */
const API_USERS = { signer: 'api-signer', approver: 'api-approver', 'second-signer': 'api-signer-2' } as const

export interface E2eOptions {
  /** More checker entries of the gateway, as YAML lines. */
  readonly moreCheckers?: string
  readonly require?: readonly string[]
  /** More members of the caller's entry, YAML flow text that begins with a comma. */
  readonly caller?: string
  readonly gatewayExtra?: string
  readonly stages?: Readonly<Partial<Record<CheckerName, number>>>
  /** More lines of every service's configuration. */
  readonly everyService?: string
}

export interface E2eRig {
  readonly folder: string
  readonly databases: Readonly<Record<CheckerName | 'gateway' | 'payouts', Database>>
  readonly urls: ReadonlyMap<string, string>
  readonly nodeKey: KeyObject
  addWithdrawal(reference: string, asset: 'ETH' | 'USDT-ERC20', amount: string, address?: string): Promise<void>
  startGatewayHere(): Promise<void>
  /** The gateway as a process of its own, for what only the end of a process shows. */
  startGatewayProcess(): Promise<ChildProcess>
  /** What the gateway's metrics listener says now. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  stopChecker(name: CheckerName): Promise<void>
  startChecker(name: CheckerName): Promise<void>
  node(servers: readonly string[], dialect?: 'v1' | 'v2'): TssNode
  /** Asks the gateway for one API user, or what else is at `url`. */
  cosigner(role: keyof typeof API_USERS, url?: string): Cosigner
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Real checkers on real databases, listening on loopback; the gateway is started by the test, here or as a process. */
export async function startE2eRig(options: E2eOptions = {}): Promise<E2eRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq e2e '))
  const keys = join(folder, 'keys')
  for (const name of [...CHECKERS, 'gateway', 'gateway-internal', 'node', 'cosigner', 'cosigner-2'])
    await generateRsaKeyFiles(keys, name)
  const ports = new Map<string, number>()
  for (const name of [...CHECKERS, 'gateway', 'gateway-metrics']) ports.set(name, await freePort())
  const port = (name: string): number => ports.get(name) ?? 0
  const testDatabases = new Map<string, TestDatabase>()
  for (const name of [...CHECKERS, 'gateway', 'payouts'])
    testDatabases.set(name, await createTestDatabase(inject('postgresUrl'), []))
  const databaseOf = (name: string): TestDatabase => {
    const found = testDatabases.get(name)
    if (found === undefined) throw new Error(`no database ${name}`)
    return found
  }
  const open = (name: string): Promise<Database> => databaseOf(name).open()
  const databases = {
    limits: await open('limits'),
    sanctions: await open('sanctions'),
    'business-lookup': await open('business-lookup'),
    integrity: await open('integrity'),
    gateway: await open('gateway'),
    payouts: await open('payouts'),
  }
  await databases.payouts.query({
    text: 'create table withdrawal (reference text primary key, state text, asset text, amount numeric, address text, valid_until timestamptz)',
  })

  await writeFile(
    join(folder, 'addresses.yaml'),
    `own:\n  - { address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId} }\nallow: []\n`,
  )
  await writeFile(join(folder, 'limits-rules.yaml'), RULES)
  const common = (name: string): string => `service_name: ${name}
profile: development
callback:
  - { listen: "127.0.0.1:${port(name)}", dialects: [cobo-v1, cobo-v2, fireblocks-jwt] }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v1, cobo-v2], organisation: ${CUSTODY.organisation}, pubkey_path: keys/node.pub${options.caller ?? ''} }
  - name: cosigner
    platform: fireblocks
    dialects: [fireblocks-jwt]
    organisation: ${CUSTODY.organisation}
    pubkey_path: keys/cosigner.pub
    signer_ids: { ${API_USERS.signer}: signer, ${API_USERS.approver}: approver }
  - name: cosigner-2
    platform: fireblocks
    dialects: [fireblocks-jwt]
    organisation: ${CUSTODY.organisation}
    pubkey_path: keys/cosigner-2.pub
    signer_ids: { ${API_USERS['second-signer']}: signer }
database_url: "${databaseOf(name).url}"
data_dir: data
log: { level: error }
${options.everyService ?? ''}
`
  const checker = (name: string): string =>
    `${common(name)}identity: { private_key: keys/${name}.pem }\ngateway: { pubkey_path: keys/gateway-internal.pub }\naddresses: addresses.yaml\n`
  await writeFile(join(folder, 'limits.yaml'), `${checker('limits')}rules: limits-rules.yaml\n`)
  await writeFile(
    join(folder, 'sanctions.yaml'),
    `${checker('sanctions')}lists:\n  - { source: ofac-sdn, starter_list: demo }\nconfig_changes: { UNMANAGED_WALLET: judge }\n`,
  )
  await writeFile(
    join(folder, 'business-lookup.yaml'),
    `${checker('business-lookup')}${lookup((await createReaderRole(databaseOf('payouts'), 'everything')).url)}`,
  )
  await writeFile(
    join(folder, 'integrity.yaml'),
    `${checker('integrity')}groups:\n  - { root_pub_key: ${testRootPubkey()} }\nvaults:\n  - { id: "0" }\nfees:\n  - { chain: ethereum, max: "0.05" }\n`,
  )
  const entries = CHECKERS.map((name) => {
    const stage = options.stages?.[name] ?? (name === 'limits' ? 2 : 1)
    return `  - { name: ${name}, service_address: "http://127.0.0.1:${port(name)}", pubkey_path: keys/${name}.pub, outcome: true, stage: ${stage} }`
  })
  const gatewayFile = join(folder, 'gateway.yaml')
  const writeGateway = (): Promise<void> =>
    writeFile(
      gatewayFile,
      `${common('gateway')}identity: { private_key: keys/gateway.pem, internal_key: keys/gateway-internal.pem }
metrics: { listen: "127.0.0.1:${port('gateway-metrics')}" }
checkers:
${entries.join('\n')}
${options.moreCheckers ?? ''}
quorum:
  - { callers: [node], kinds: [keysign], require: [${(options.require ?? CHECKERS).join(', ')}] }
  - { callers: [cosigner], kinds: [tx-approval], require: [${(options.require ?? CHECKERS).join(', ')}] }
  - { callers: [cosigner, cosigner-2], kinds: [tx-signing], require: [${(options.require ?? CHECKERS).join(', ')}] }
  - { callers: [cosigner], kinds: [config-change], require: [sanctions] }
${options.gatewayExtra ?? ''}
`,
    )
  await writeGateway()

  const running = new Map<string, RunningService>()
  const nodes: { close(): Promise<void> }[] = []
  const children: ChildProcess[] = []
  const log = createLogger({ level: 'silent', name: 'e2e' })
  const start = async (name: CheckerName): Promise<void> => {
    const path = join(folder, `${name}.yaml`)
    const started =
      name === 'limits'
        ? await startLimits({ file: await readLimitsConfig(path, {}), log })
        : name === 'sanctions'
          ? await startSanctions({ file: await readSanctionsConfig(path, {}), log })
          : name === 'integrity'
            ? await startIntegrity({ file: await readIntegrityConfig(path, {}), log })
            : await startBusinessLookup({ file: await readBusinessLookupConfig(path, {}), log })
    running.set(name, started)
  }
  for (const name of CHECKERS) await start(name)
  const nodeKey = createPrivateKey(await readFile(join(keys, 'node.pem')))
  const privateKeyOf = async (name: string): Promise<KeyObject> =>
    createPrivateKey(await readFile(join(keys, `${name}.pem`)))
  const cosigners = { first: await privateKeyOf('cosigner'), second: await privateKeyOf('cosigner-2') }
  const publicKeys = new Map<string, KeyObject>()
  for (const name of [...CHECKERS, 'gateway'])
    publicKeys.set(name, createPublicKey(await readFile(join(keys, `${name}.pub`))))
  const urls = new Map([...CHECKERS, 'gateway'].map((name) => [name, `http://127.0.0.1:${port(name)}`]))

  return {
    folder,
    databases,
    urls,
    nodeKey,
    async addWithdrawal(reference, asset, amount, address = CUSTOMER) {
      await databases.payouts.query({
        text: `insert into withdrawal values ($1, 'approved', $2, $3, $4, now() + interval '1 day')`,
        values: [reference, asset, amount, address],
      })
    },
    async startGatewayHere() {
      running.set('gateway', await startGateway({ file: await readGatewayConfig(gatewayFile, {}), log }))
    },
    async startGatewayProcess() {
      const child = spawn(process.execPath, [MAIN, 'gateway', '--config', gatewayFile], { stdio: 'ignore' })
      children.push(child)
      const deadline = performance.now() + 20_000
      const isReady = (): Promise<boolean> =>
        fetch(`http://127.0.0.1:${port('gateway-metrics')}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        )
      while (!(await isReady())) {
        if (child.exitCode !== null || performance.now() > deadline)
          throw new Error('the gateway process did not become ready')
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return child
    },
    async metrics() {
      const response = await fetch(`http://127.0.0.1:${port('gateway-metrics')}/metrics`)
      return { type: response.headers.get('content-type') ?? '', text: await response.text() }
    },
    async stopChecker(name) {
      await running.get(name)?.stop()
      running.delete(name)
    },
    startChecker: start,
    node(servers, dialect = 'v2') {
      const node = createTssNode({
        name: 'node',
        privateKey: nodeKey,
        servers: servers.map((name) => {
          const publicKey = publicKeys.get(name)
          if (publicKey === undefined) throw new Error(`no key of ${name}`)
          return { name, serviceAddress: `${urls.get(name) ?? ''}/${dialect}/check`, publicKey }
        }),
        retryTimes: 0,
        sleepSeconds: 1,
      })
      nodes.push(node)
      return node
    },
    cosigner(role, url = urls.get('gateway') ?? '') {
      const handlerPublicKey = publicKeys.get('gateway')
      if (handlerPublicKey === undefined) throw new Error('no key of gateway')
      const cosigner = createCosigner({
        name: role,
        signerId: API_USERS[role],
        messages: 'jwt',
        trust: { kind: 'system' },
        url,
        privateKey: role === 'second-signer' ? cosigners.second : cosigners.first,
        handlerPublicKey,
      })
      nodes.push(cosigner)
      return cosigner
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      for (const child of children) {
        if (child.exitCode === null && child.signalCode === null) {
          const exited = once(child, 'exit')
          child.kill('SIGTERM')
          await exited
        }
      }
      await running.get('gateway')?.stop()
      for (const name of CHECKERS) await running.get(name)?.stop()
      await Promise.all([...testDatabases.values()].map((database) => database.drop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const RULES = `version: 1
rules:
  - { id: eth-tx, match: { asset: [ETH] }, window: tx, limit: "2" }
  - { id: eth-day, match: { asset: [ETH] }, window: { rolling: 24h }, limit: "10" }
  - { id: usdt-tx, match: { asset: [USDT-ETHEREUM] }, window: tx, limit: "1000" }
  - { id: usdt-day, match: { asset: [USDT-ETHEREUM] }, window: { rolling: 24h }, limit: "5000" }
`

const lookup = (url: string): string => `reference: { from: [reference], pattern: "^WD-[0-9]{8}$" }
connector:
  kind: sql
  database_url: "${url}"
  query: "select reference, state, asset, amount::text as amount, address, valid_until from withdrawal where reference = $1 limit 2"
  params: [reference]
map:
  reference: { at: reference }
  status: { at: state }
  asset: { at: asset }
  amount: { at: amount }
  destination: { at: address }
  expires_at: { at: valid_until }
asset_codes: { USDT-ERC20: USDT-ETHEREUM, ETH: ETH }
compare: { status: { in: [approved] } }
`
