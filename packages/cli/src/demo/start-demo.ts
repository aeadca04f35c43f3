import { startBusinessSystem, type BusinessSystem } from '../constellation/business-system.ts'
import { writeDemoConfiguration } from '../constellation/configuration.ts'
import { startConstellation, type Constellation } from '../constellation/start-constellation.ts'
import { ProcessFailed } from '../constellation/start-process.ts'
import type { Host } from '../host.ts'
import type { GatewayEvidence } from './gateway-evidence.ts'

/** Between our look for free ports and the services' own listen, another process may take one; more often than this is no accident. */
const START_ATTEMPTS_MAX = 3

/** Beyond the ports that the services look for first. */
const BUSINESS_PORT_DISTANCE = 10

export interface RunningDemo {
  readonly business: BusinessSystem
  readonly constellation: Constellation
  close(): Promise<void>
}

export interface StartDemoOptions {
  readonly directory: string
  readonly firstPort?: number
  readonly evidence: GatewayEvidence
  readonly host: Pick<Host, 'node' | 'env'>
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Starts the business system and all services, telling how far it is. Throws with nothing left running. */
export async function startDemo(options: StartDemoOptions): Promise<RunningDemo> {
  const { directory, say, signal } = options
  const startedAt = performance.now()
  say('starting the business system (a page and an API with withdrawals, on a database of its own) ...')
  const { node, env } = options.host
  const business = await startBusinessSystem({
    directory,
    node,
    env,
    signal,
    ...(options.firstPort !== undefined && { firstPort: options.firstPort + BUSINESS_PORT_DISTANCE }),
  })
  try {
    say(`  ready in ${seconds(performance.now() - startedAt)}`)
    signal.throwIfAborted()
    const constellation = await startServices(options, business)
    return {
      business,
      constellation,
      close: async () => {
        await constellation.close()
        await business.stop()
      },
    }
  } catch (error) {
    await business.stop()
    throw error
  }
}

async function startServices(options: StartDemoOptions, business: BusinessSystem): Promise<Constellation> {
  const { directory, firstPort, evidence, host, say, signal } = options
  for (let attempt = 1; ; attempt += 1) {
    const configuration = await writeDemoConfiguration({
      directory,
      payoutsUrl: business.url,
      ...(firstPort !== undefined && { firstPort }),
    })
    say(`starting ${configuration.services.map(({ name }) => name).join(', ')}, each with a database of its own ...`)
    try {
      return await startConstellation({
        configuration,
        node: host.node,
        env: host.env,
        signal,
        onLine: (service, line) => {
          if (service === 'gateway') evidence.add(line)
        },
        onReady: (service, ms) => {
          say(`  ${service} ready in ${seconds(ms)}`)
        },
      })
    } catch (error) {
      const isPortTaken = error instanceof ProcessFailed && error.isPortTaken
      if (!isPortTaken || attempt === START_ATTEMPTS_MAX) throw error
      say('somebody took one of the ports meanwhile: once more with others')
    }
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
