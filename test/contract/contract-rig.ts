import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import {
  planOf,
  startBusinessSystem,
  startConstellation,
  writeDemoConfiguration,
  type BusinessSystem,
  type CheckerName,
  type Constellation,
  type Mapping,
} from '@callback-quorum/cli'
import { createTssNode, type SimulatedServer, type TssNode } from '@callback-quorum/simulator'
import { withdrawalOf } from './payments.ts'

/** The program that is to be released; the one of this checkout where nothing is said. */
const MAIN = env['CONTRACT_MAIN']

export interface ContractRig {
  readonly constellation: Constellation
  readonly checker: SimulatedServer & { readonly metricsUrl: string }
  readonly gateway: SimulatedServer
  readonly nodeKey: KeyObject
  readonly internalKey: KeyObject
  /** A node that asks these servers. */
  node(...servers: readonly SimulatedServer[]): TssNode
  /** A reference that the business system knows, as an approved withdrawal. */
  order(): Promise<string>
  close(): Promise<void>
}

/** One checker as a process of its own, and a real gateway in front that asks nobody else. */
export async function startContractRig(name: CheckerName, firstPort: number): Promise<ContractRig> {
  const directory = await mkdtemp(join(tmpdir(), 'cq contract '))
  const options = { node: execPath, env, ...(MAIN !== undefined && { main: MAIN }) }
  const business = await startBusinessSystem({ directory, firstPort: firstPort + 10, ...options })
  try {
    const configuration = await writeDemoConfiguration({
      directory,
      payoutsUrl: business.url,
      firstPort,
      edit: { gateway: (config) => askOnly(name, config) },
    })
    const services = configuration.services.filter((plan) => plan.name === name || plan.name === 'gateway')
    const constellation = await startConstellation({ configuration: { ...configuration, services }, ...options })
    const serverOf = async (service: CheckerName | 'gateway'): Promise<SimulatedServer & { metricsUrl: string }> => {
      const { callbackUrl, key, metricsUrl } = planOf(configuration, service)
      const publicKey = createPublicKey(await readFile(key.publicPath))
      return { name: service, serviceAddress: `${callbackUrl}/v2/check`, publicKey, metricsUrl }
    }
    const privateKeyOf = async (path: string): Promise<KeyObject> => createPrivateKey(await readFile(path))
    return rigOf({
      directory,
      business,
      constellation,
      checker: await serverOf(name),
      gateway: await serverOf('gateway'),
      nodeKey: await privateKeyOf(configuration.node.key.privatePath),
      internalKey: await privateKeyOf(configuration.internalKey.privatePath),
    })
  } catch (error) {
    await business.stop()
    throw error
  }
}

type Parts = Omit<ContractRig, 'node' | 'order' | 'close'> & {
  readonly directory: string
  readonly business: BusinessSystem
}

function rigOf({ directory, business, ...parts }: Parts): ContractRig {
  const nodes: TssNode[] = []
  let ordered = 0
  return {
    ...parts,
    node(...servers) {
      const node = createTssNode({ name: 'node', privateKey: parts.nodeKey, servers, retryTimes: 0, sleepSeconds: 0 })
      nodes.push(node)
      return node
    },
    async order() {
      ordered += 1
      const reference = `WD-20261121-c0ffee-${String(ordered).padStart(2, '0')}`
      await business.add([withdrawalOf(reference)])
      return reference
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      await parts.constellation.close()
      await business.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The gateway's configuration with this checker alone: where it judges descriptions by itself, that has to be said. */
function askOnly(name: CheckerName, config: Mapping): Mapping {
  const checkers = (config['checkers'] as readonly Mapping[]).filter((entry) => entry['name'] === name)
  const quorum = (config['quorum'] as readonly Mapping[]).map((entry) => {
    const signs = (entry['kinds'] as readonly string[]).some((kind) => kind === 'keysign' || kind === 'tx-signing')
    return { ...entry, require: [name], ...(signs && name === 'business-lookup' && { accept_unbound: true }) }
  })
  return { ...config, checkers, quorum }
}
