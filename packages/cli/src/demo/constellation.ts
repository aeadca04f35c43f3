import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTssNode, type SimulatedServer, type TssNode } from '@callback-quorum/simulator'
import { startBusinessSystem, type BusinessSystem } from './business-system.ts'
import { CHECKERS, SERVICES, writeConfiguration, type Configuration, type ConfigurationOptions, type DemoService, type ServicePorts } from './configuration.ts'
import { freePorts } from './free-ports.ts'
import { startServiceProcess, type LogLine, type ServiceProcess } from './service-process.ts'

/** The node's own default port for callbacks; the demonstration's ports follow it. */
const FIRST_PORT = 11_020

export interface ConstellationOptions extends Pick<ConfigurationOptions, 'caller' | 'gateway'> {
  readonly folder: string
  readonly mainFile: string
  readonly onProgress?: (text: string) => void
  readonly onLog?: (service: DemoService, line: LogLine) => void
  /** Leave the gateway out: the checkers are asked directly. */
  readonly withoutGateway?: boolean
}

export interface Constellation {
  readonly configuration: Configuration
  readonly business: BusinessSystem
  readonly urls: Readonly<Record<DemoService, { readonly callback: string; readonly metrics: string }>>
  readonly adminUrl: string
  readonly nodeKey: KeyObject
  /** A simulated node whose `cb_server` or `cb_server_v2` list holds these services. */
  node(services: readonly DemoService[], dialect: 'v1' | 'v2', options?: { readonly requestTimeoutMs?: number; readonly retryTimes?: number; readonly sleepSeconds?: number }): Promise<TssNode>
  start(name: DemoService): Promise<void>
  stop(name: DemoService): Promise<void>
  kill(name: DemoService): Promise<void>
  close(): Promise<void>
}

/** A gateway and three checkers as processes of their own, each with its own database, and a business system beside them. */
export async function startConstellation(options: ConstellationOptions): Promise<Constellation> {
  const say = options.onProgress ?? (() => undefined)
  const found = await freePorts(FIRST_PORT, SERVICES.length * 2 + 1)
  const ports = Object.fromEntries(SERVICES.map((name, index) => [name, { callback: found[index * 2], metrics: found[index * 2 + 1] }])) as Record<DemoService, ServicePorts>
  const adminPort = found.at(-1) ?? 0
  say('starting the business system')
  const business = await startBusinessSystem(join(options.folder, 'data', 'business-system'))
  const running = new Map<DemoService, ServiceProcess>()
  const nodes: TssNode[] = []
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()))
    // The gateway first: it finishes what it asked the others.
    await running.get('gateway')?.stop()
    await Promise.all([...running.values()].map((service) => service.stop()))
    await business.stop()
  }
  try {
    const { caller, gateway } = options
    const configuration = await writeConfiguration({
      folder: options.folder, ports, adminPort, businessSystemUrl: business.url,
      ...(caller === undefined ? {} : { caller }), ...(gateway === undefined ? {} : { gateway }),
    })
    const start = async (name: DemoService): Promise<void> => {
      const startedAt = performance.now()
      const service = await startServiceProcess({
        name,
        config: configuration.files[name],
        mainFile: options.mainFile,
        readyUrl: `http://127.0.0.1:${ports[name].metrics}/readyz`,
        onLog: (line) => options.onLog?.(name, line),
      })
      running.set(name, service)
      say(`${name} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
    }
    say('starting limits, sanctions and business-lookup')
    await Promise.all(CHECKERS.map(start))
    if (options.withoutGateway !== true) await start('gateway')
    const nodeKey = createPrivateKey(await readFile(configuration.nodeKeyFile))
    const urls = Object.fromEntries(
      SERVICES.map((name) => [name, { callback: `http://127.0.0.1:${ports[name].callback}`, metrics: `http://127.0.0.1:${ports[name].metrics}` }]),
    ) as Constellation['urls']
    const take = (name: DemoService): ServiceProcess => {
      const service = running.get(name)
      if (service === undefined) throw new Error(`${name} is not running`)
      running.delete(name)
      return service
    }
    return {
      configuration, business, urls, nodeKey, start, close,
      adminUrl: `http://127.0.0.1:${adminPort}`,
      stop: (name) => take(name).stop(),
      kill: (name) => take(name).kill(),
      async node(services, dialect, more) {
        const servers: SimulatedServer[] = []
        for (const name of services) {
          servers.push({ name, serviceAddress: `${urls[name].callback}/${dialect}/check`, publicKey: createPublicKey(await readFile(configuration.publicKeyFiles[name])) })
        }
        const node = createTssNode({ name: 'node-demo', privateKey: nodeKey, servers, ...more })
        nodes.push(node)
        return node
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
