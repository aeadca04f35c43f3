import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  freePorts,
  planOf,
  startProcess,
  writeDemoConfiguration,
  type Mapping,
  type RunningProcess,
} from '@callback-quorum/cli'
import { createTestDatabase, generateRsaKeyFiles } from '@callback-quorum/service'
import type { SimulatedServer } from '@callback-quorum/simulator'
import { inject } from 'vitest'
import { parse, stringify } from 'yaml'
import { makeProxyCertificates, type ProxyCertificates } from '../deploy/proxy-certificates.ts'
import { startProxy, type Ports } from './proxy-process.ts'
import type { Asker } from './rolling-traffic.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
/** The demonstration takes ports from here and from a hundred higher on. */
const FIRST_PORT = 15_020
const NEXT_MS_MAX = 30_000

export type Kind = 'gateway' | 'integrity'

/** One process of two that are one service. */
export interface Replica extends Ports {
  readonly name: string
  readonly kind: Kind
}

export interface RollingRig {
  readonly folder: string
  readonly certificates: ProxyCertificates
  readonly replicas: Readonly<Record<Kind, readonly [Replica, Replica]>>
  /** Changes what both replicas of a service, or one of them, will read at their next start. */
  edit(kind: Kind, change: (config: Mapping) => Mapping, only?: Replica): Promise<void>
  /** SIGTERM, its end with code 0, a new process that is ready, and its first connection from the proxy. Resolves to the milliseconds until it had ended. */
  restart(replica: Replica): Promise<number>
  /** One replica after the other. */
  roll(kind: Kind): Promise<void>
  /** Makes `keys/<name>.pem` and `.pub`. */
  makeKey(name: string): Promise<void>
  /** As the node that signs with `keys/<key>.pem` and knows the gateway's answers. */
  asker(key: string): Promise<Asker>
  scrape(replica: Replica): Promise<string>
  close(): Promise<void>
}

/** Two gateways behind one haproxy and two integrity checkers behind another, each pair on one database. */
export async function startRollingRig(): Promise<RollingRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-rolling-'))
  const certificates = await makeProxyCertificates(join(folder, 'tls'))
  const databases = {
    gateway: await createTestDatabase(inject('postgresUrl'), []),
    integrity: await createTestDatabase(inject('postgresUrl'), []),
  }
  const ports = await freePorts(10, FIRST_PORT + 300)
  const portAt = (index: number): number => ports[index] ?? 0
  const front = { gateway: portAt(8), integrity: portAt(9) }
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:9/',
    firstPort: FIRST_PORT,
    edit: { gateway: (config) => onlyIntegrity(config, `http://127.0.0.1:${String(front.integrity)}`) },
  })
  const replicaAt = (kind: Kind, number: 1 | 2): Replica => {
    const first = (kind === 'gateway' ? 0 : 4) + (number - 1) * 2
    return { name: `${kind}-${String(number)}`, kind, port: portAt(first), metricsPort: portAt(first + 1) }
  }
  const replicas = {
    gateway: [replicaAt('gateway', 1), replicaAt('gateway', 2)],
    integrity: [replicaAt('integrity', 1), replicaAt('integrity', 2)],
  } as const
  const fileOf = ({ name }: Replica): string => join(folder, `${name}.yaml`)
  const edit: RollingRig['edit'] = async (kind, change, only) => {
    for (const replica of only === undefined ? replicas[kind] : [only]) {
      const config = parse(await readFile(fileOf(replica), 'utf8')) as Mapping
      await writeFile(fileOf(replica), stringify(change(config)), { mode: 0o600 })
    }
  }
  for (const replica of [...replicas.integrity, ...replicas.gateway]) {
    const { admin: _admin, ...rest } = parse(
      await readFile(planOf(configuration, replica.kind).file, 'utf8'),
    ) as Mapping
    const { server } = certificates
    const tls = replica.kind === 'gateway' ? { tls: server } : {}
    const callback = { listen: `127.0.0.1:${String(replica.port)}`, dialects: ['cobo-v1', 'cobo-v2'], ...tls }
    const metrics = { listen: `127.0.0.1:${String(replica.metricsPort)}` }
    const own = { ...withoutCosigner(rest), callback: [callback], metrics, database_url: databases[replica.kind].url }
    await writeFile(fileOf(replica), stringify(own), { mode: 0o600 })
  }

  const running = new Map<Replica, RunningProcess>()
  const start = async (replica: Replica): Promise<void> => {
    const { name, kind, metricsPort } = replica
    const readyUrl = `http://127.0.0.1:${String(metricsPort)}/readyz`
    const args = [kind, '--config', fileOf(replica)]
    const process_ = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
    running.set(replica, process_)
    await process_.ready().catch(async (error: unknown) => {
      await process_.kill()
      throw new Error(`${name} did not start: ${process_.lastLines().join('\n')}`, { cause: error })
    })
  }
  for (const replica of [...replicas.integrity, ...replicas.gateway]) await start(replica)
  const proxies = {
    integrity: await startProxy(folder, front.integrity, replicas.integrity),
    gateway: await startProxy(folder, front.gateway, replicas.gateway),
  }
  /** The proxy logs a connection when it ends. The gateways keep theirs, so that a checker which came back would be given none by them. */
  const hasConnections = async ({ name, kind }: Replica): Promise<void> => {
    const proxy = proxies[kind]
    const before = proxy.said().length
    // Followed by its times; what the proxy says of its health has the name, too.
    const connected = new RegExp(`gateways/gateway-${name.slice(-1)} \\d+/\\d+/`)
    const deadline = performance.now() + NEXT_MS_MAX
    while (!connected.test(proxy.said().slice(before))) {
      if (performance.now() > deadline) throw new Error(`${name} is given nothing: ${proxy.said()}`)
      if (kind === 'integrity')
        await fetch(`http://127.0.0.1:${String(front.integrity)}/ping`, { headers: { connection: 'close' } })
      await delay(100)
    }
  }

  const scrape = async ({ metricsPort }: Replica): Promise<string> =>
    (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text()
  const restart = async (replica: Replica): Promise<number> => {
    const began = performance.now()
    const exit = await running.get(replica)?.stop()
    const ms = performance.now() - began
    if (exit?.code !== 0) throw new Error(`${replica.name} ended with ${String(exit?.code)} ${String(exit?.signal)}`)
    await start(replica)
    await hasConnections(replica)
    return ms
  }
  const publicKey = createPublicKey(await readFile(join(folder, 'keys/gateway.pub')))
  return {
    folder,
    certificates,
    replicas,
    edit,
    restart,
    scrape,
    async roll(kind) {
      for (const replica of replicas[kind]) await restart(replica)
    },
    async makeKey(name) {
      await generateRsaKeyFiles(join(folder, 'keys'), name)
    },
    async asker(key) {
      const privateKey = createPrivateKey(await readFile(join(folder, 'keys', `${key}.pem`)))
      const server: SimulatedServer = {
        name: 'gateway',
        serviceAddress: `https://127.0.0.1:${String(front.gateway)}/v2/check`,
        publicKey,
        ca: await readFile(certificates.ca, 'utf8'),
      }
      return { name: configuration.node.name, privateKey, server }
    },
    async close() {
      await Promise.all([...running.values()].map((each) => each.stop()))
      await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()))
      await Promise.all(Object.values(databases).map((database) => database.drop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function onlyIntegrity(config: Mapping, serviceAddress: string): Mapping {
  const checkers = (config['checkers'] as readonly Mapping[])
    .filter(({ name }) => name === 'integrity')
    .map((checker) => ({ ...checker, service_address: serviceAddress }))
  const quorum = (config['quorum'] as readonly Mapping[])
    .filter(({ kinds }) => (kinds as readonly string[]).includes('keysign'))
    .map((entry) => ({ ...entry, require: ['integrity'] }))
  // So that a deferral says why, and is no connection that was cut.
  return { ...config, checkers, quorum, deferral: { cobo: 'status_30' } }
}

const withoutCosigner = (config: Mapping): Mapping => ({
  ...config,
  callers: (config['callers'] as readonly Mapping[]).filter(({ platform }) => platform === 'cobo'),
})
