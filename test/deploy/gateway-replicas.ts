import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freePorts,
  planOf,
  startProcess,
  writeDemoConfiguration,
  type Mapping,
  type RunningProcess,
} from '@callback-quorum/cli'
import { createTestDatabase } from '@callback-quorum/service'
import { createTssNode, type Exchange, type PackageContent } from '@callback-quorum/simulator'
import { parse, stringify } from 'yaml'
import { makeProxyCertificates, type ProxyCertificates } from './proxy-certificates.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const LISTENERS = 5
/** The demonstration takes ports from here and from a hundred higher on. */
const FIRST_PORT = 14_020

export interface Replica {
  readonly name: string
  readonly port: number
  readonly metricsPort: number
  readonly process: RunningProcess
}

export interface GatewayReplicas {
  readonly folder: string
  readonly certificates: ProxyCertificates
  readonly replicas: readonly [Replica, Replica]
  /** A port that was free a moment ago. */
  readonly proxyPort: number
  /** Asks once, on a connection of its own, what listens at `proxyPort`, as the node would. */
  ask(content: PackageContent): Promise<Exchange>
  stopChecker(): Promise<void>
  startChecker(): Promise<void>
  close(): Promise<void>
}

/**
 * Two gateways as processes over one database, and the one checker whom they ask: integrity. They demand a client certificate (`isProxyProven`: of a
 * proxy that ends TLS), or nothing of whoever connects, as before a proxy that passes TLS through. The node shows none: it has no setting for one.
 */
export async function startGatewayReplicas(serverUrl: string, isProxyProven: boolean): Promise<GatewayReplicas> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-proxy-'))
  const certificates = await makeProxyCertificates(join(folder, 'tls'))
  const [gatewayDatabase, checkerDatabase] = [
    await createTestDatabase(serverUrl, []),
    await createTestDatabase(serverUrl, []),
  ]
  const [first = 0, second = 0, firstMetrics = 0, secondMetrics = 0, proxyPort = 0] = await freePorts(
    LISTENERS,
    FIRST_PORT + 300,
  )
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:9/',
    firstPort: FIRST_PORT,
    edit: {
      integrity: (config) => ({ ...config, database_url: checkerDatabase.url }),
      gateway: (config) => onlyIntegrity({ ...config, database_url: gatewayDatabase.url }),
    },
  })
  const gateway = parse(await readFile(planOf(configuration, 'gateway').file, 'utf8')) as Mapping
  const startReplica = async (name: string, port: number, metricsPort: number): Promise<Replica> => {
    const file = join(folder, `${name}.yaml`)
    const callback = {
      listen: `127.0.0.1:${String(port)}`,
      dialects: ['cobo-v1', 'cobo-v2', 'fireblocks-jwt'],
      tls: {
        cert: certificates.server.cert,
        key: certificates.server.key,
        ...(isProxyProven && { client_ca: certificates.ca }),
      },
      allow_from: ['127.0.0.1/32'],
    }
    const { admin: _admin, ...rest } = gateway
    const metrics = { listen: `127.0.0.1:${String(metricsPort)}` }
    await writeFile(file, stringify({ ...rest, callback: [callback], metrics, replica: name }))
    return { name, port, metricsPort, process: await start('gateway', file, metricsPort) }
  }
  const integrity = planOf(configuration, 'integrity')
  const startIntegrity = (): Promise<RunningProcess> =>
    start('integrity', integrity.file, Number(new URL(integrity.metricsUrl).port))

  let checker: RunningProcess | undefined = await startIntegrity()
  const replicas = [
    await startReplica('gateway-1', first, firstMetrics),
    await startReplica('gateway-2', second, secondMetrics),
  ] as const
  const privateKey = createPrivateKey(await readFile(configuration.node.key.privatePath))
  const publicKey = createPublicKey(await readFile(planOf(configuration, 'gateway').key.publicPath))
  const ca = await readFile(certificates.ca, 'utf8')

  return {
    folder,
    certificates,
    replicas: [replicas[0], replicas[1]],
    proxyPort,
    async ask(content) {
      const serviceAddress = `https://127.0.0.1:${String(proxyPort)}/v2/check`
      const servers = [{ name: 'gateway', serviceAddress, publicKey, ca }]
      const node = createTssNode({ name: configuration.node.name, privateKey, servers })
      const [exchange] = await node.askOnce(content).finally(() => node.close())
      if (exchange === undefined) throw new Error('invariant: one server gives one exchange')
      return exchange
    },
    async stopChecker() {
      await checker?.stop()
      checker = undefined
    },
    async startChecker() {
      checker = await startIntegrity()
    },
    async close() {
      await Promise.all([...replicas.map((replica) => replica.process.stop()), checker?.stop()])
      await Promise.all([gatewayDatabase.drop(), checkerDatabase.drop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Who else would be asked is not started here. */
function onlyIntegrity(config: Mapping): Mapping {
  const checkers = (config['checkers'] as readonly Mapping[]).filter(({ name }) => name === 'integrity')
  const quorum = (config['quorum'] as readonly Mapping[]).map((entry) => ({ ...entry, require: ['integrity'] }))
  return { ...config, checkers, quorum }
}

async function start(name: string, file: string, metricsPort: number): Promise<RunningProcess> {
  const readyUrl = `http://127.0.0.1:${String(metricsPort)}/readyz`
  const args = [name, '--config', file]
  const running = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
  await running.ready().catch(async (error: unknown) => {
    await running.kill()
    throw new Error(`${name} did not start: ${running.lastLines().join('\n')}`, { cause: error })
  })
  return running
}
