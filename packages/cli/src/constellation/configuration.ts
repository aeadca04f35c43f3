import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { ensureAdminTokens, ensureKeys, type AdminTokenFiles, type KeyFilePair } from './demo-keys.ts'
import { freePorts } from './free-ports.ts'
import { CHECKER_NAMES, SERVICE_NAMES, type ServiceName } from './service-names.ts'
import {
  addressBook,
  API_USERS,
  checkerFile,
  COSIGNER_NAME,
  gatewayFile,
  LIMIT_RULES,
  NODE_NAME,
  type Listeners,
  type Mapping,
} from './yaml-files.ts'

/** Callback listeners from here, admin and metrics a hundred higher (CONFIG.md). */
const FIRST_PORT = 11_020
const ADMIN_PORT_DISTANCE = 100

/** `gateway`: the node asks the gateway, which asks the checkers. `direct`: the node asks every checker itself. */
export type Topology = 'gateway' | 'direct'

export interface ConfigurationOptions {
  /** Made when missing. What it holds of an earlier run is used again: keys, tokens, databases. */
  readonly directory: string
  /** `url` of the business system, for business-lookup. */
  readonly payoutsUrl: string
  readonly topology?: Topology
  readonly firstPort?: number
  /** The last word on each configuration before it is written. */
  readonly edit?: Partial<Readonly<Record<ServiceName, (config: Mapping) => Mapping>>>
}

/** One service: its file and where it will listen. */
export interface ServicePlan {
  readonly name: ServiceName
  readonly file: string
  readonly callbackUrl: string
  readonly metricsUrl: string
  readonly key: KeyFilePair
  readonly logFile: string
}

export interface DemoConfiguration {
  readonly directory: string
  readonly topology: Topology
  /** Checkers before the gateway; without one in the direct topology. */
  readonly services: readonly ServicePlan[]
  /** The TSS node that asks. */
  readonly node: { readonly name: string; readonly key: KeyFilePair }
  /** The Co-signer that asks, with one key for its two API users. */
  readonly cosigner: { readonly name: string; readonly key: KeyFilePair; readonly apiUsers: typeof API_USERS }
  /** The gateway signs outcomes with it. */
  readonly internalKey: KeyFilePair
  readonly admin: AdminTokenFiles & { readonly url: string }
}

/** The plan of one service. Throws RangeError when the topology has none of this name. */
export function planOf({ services }: DemoConfiguration, name: ServiceName): ServicePlan {
  const plan = services.find((service) => service.name === name)
  if (plan === undefined) throw new RangeError(`this topology has no ${name}`)
  return plan
}

/** Writes keys, tokens and the configuration of every service, each with ports of its own that are free now. */
export async function writeDemoConfiguration(options: ConfigurationOptions): Promise<DemoConfiguration> {
  const { directory, topology = 'gateway', firstPort = FIRST_PORT } = options
  await prepareFolders(directory)
  const keys = await ensureKeys(directory, [NODE_NAME, COSIGNER_NAME, 'gateway-internal', ...SERVICE_NAMES])
  const admin = await ensureAdminTokens(directory)
  const callbackPorts = await freePorts(SERVICE_NAMES.length, firstPort)
  const [adminPort = 0, ...metricsPorts] = await freePorts(
    SERVICE_NAMES.length + 1,
    Math.max(firstPort + ADMIN_PORT_DISTANCE, ...callbackPorts.map((port) => port + 1)),
  )

  const names = topology === 'gateway' ? [...CHECKER_NAMES, 'gateway' as const] : CHECKER_NAMES
  const services = names.map((name): ServicePlan & { readonly listeners: Listeners } => {
    const index = SERVICE_NAMES.indexOf(name)
    const listeners = { callback: callbackPorts[index] ?? 0, metrics: metricsPorts[index] ?? 0, admin: adminPort }
    return {
      name,
      file: join(directory, `${name}.yaml`),
      callbackUrl: `http://127.0.0.1:${listeners.callback}`,
      metricsUrl: `http://127.0.0.1:${listeners.metrics}`,
      key: keys[name],
      logFile: join(directory, 'logs', `${name}.log`),
      listeners,
    }
  })

  await writeYaml(
    join(directory, 'addresses.yaml'),
    addressBook(),
    'Own addresses: which wallet an address belongs to.',
  )
  await writeYaml(join(directory, 'limits-rules.yaml'), LIMIT_RULES, 'Limits, inclusive, in whole units of the asset.')
  for (const { name, file, listeners } of services) {
    const content =
      name === 'gateway'
        ? gatewayFile(
            listeners,
            services.flatMap(({ name: checker, callbackUrl }) =>
              checker === 'gateway' ? [] : [{ name: checker, callbackUrl }],
            ),
          )
        : checkerFile(name, listeners, { payoutsUrl: options.payoutsUrl, hasGateway: topology === 'gateway' })
    const edited = options.edit?.[name]?.(content) ?? content
    await writeYaml(
      file,
      edited,
      `The demo's ${name}. Start it by itself: callback-quorum ${name} --config ${name}.yaml`,
    )
  }
  return {
    directory,
    topology,
    services: services.map(({ listeners: _, ...plan }) => plan),
    node: { name: NODE_NAME, key: keys[NODE_NAME] },
    cosigner: { name: COSIGNER_NAME, key: keys[COSIGNER_NAME], apiUsers: API_USERS },
    internalKey: keys['gateway-internal'],
    admin: { ...admin, url: `http://127.0.0.1:${adminPort}` },
  }
}

/** The folders on the way to the databases let others pass through, whatever the umask: root's PostgreSQL runs as another user. */
export async function prepareFolders(directory: string): Promise<void> {
  await makeFolder(directory, 0o711)
  await makeFolder(join(directory, 'logs'), 0o700)
  await makeFolder(join(directory, 'data'), 0o711)
  for (const name of [...SERVICE_NAMES, 'business-system']) await makeFolder(join(directory, 'data', name), 0o711)
}

/** A folder that is there already keeps its mode. */
async function makeFolder(path: string, mode: number): Promise<void> {
  const made = await mkdir(path, { recursive: true })
  if (made !== undefined) await chmod(path, mode)
}

/** Only the owner reads them: one holds the password of a database. */
export async function writeYaml(path: string, content: object, comment: string): Promise<void> {
  await writeFile(path, `# ${comment}\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`, {
    mode: 0o600,
  })
}
