import { randomUUID } from 'node:crypto'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CHECKER_NAMES,
  planOf,
  writeDemoConfiguration,
  type CheckerName,
  type DemoConfiguration,
  type Mapping,
  type ServiceName,
} from '@callback-quorum/cli'
import { startLiveService, type LiveService, type LiveServiceOptions } from './live-service.ts'
import { startPayouts, type Payouts } from './payouts.ts'
import { createPlatforms, type Platforms } from './platforms.ts'
import { PROMETHEUS_CONFIGURATION, ruleFilesOfDeploy } from './deploy-files.ts'
import { startPrometheus, type RunningPrometheus, type Target } from './start-prometheus.ts'

export type Edit = (config: Mapping) => Mapping

/** Its `label` is its `service_name`; a gateway is told by the names of its checkers where they are. */
export interface Variant extends Omit<LiveServiceOptions, 'file'> {
  readonly label: string
  /** Scraped every three seconds in the place of one: for a service that takes its time. */
  readonly isPatient?: boolean
}

/** Who runs it: of targets, as in deploy/prometheus/prometheus.yaml. */
const teamOf = (name: ServiceName): string => (name === 'gateway' ? 'custody' : name)

export interface ObserveOptions {
  /** Default: all. Checkers without the gateway are asked by the platforms themselves. */
  readonly services?: readonly ServiceName[]
  readonly edit?: Partial<Readonly<Record<ServiceName, Edit>>>
  /** Writes what the edited configurations name, before anything starts. */
  readonly prepare?: (folder: string) => Promise<unknown>
  /** Each in a process of its own, so that none is late because of another one or of the test. */
  readonly areProcesses?: boolean
  /** Default: every rule file of deploy/. */
  readonly ruleFiles?: readonly string[]
}

/** Real services that a real Prometheus scrapes every second. */
export interface Observed {
  readonly folder: string
  readonly configuration: DemoConfiguration
  readonly payouts: Payouts
  readonly prometheus: RunningPrometheus
  readonly platforms: Platforms
  /** Throws RangeError for one that was not started. */
  service(name: ServiceName): LiveService
  /** Starts one more service, with a configuration that differs, and has it scraped. */
  add(variant: Variant): Promise<LiveService>
  /** Scrapes one more that is none of our services. */
  scrape(target: Target): Promise<void>
  /** Called before the services are closed, latest first. */
  onClose(end: () => Promise<unknown>): void
  /** Status of an admin call with the token of this role; `none` sends no token. */
  admin(service: LiveService, role: 'viewer' | 'operator' | 'approver' | 'none', call: AdminCall): Promise<AdminAnswer>
  close(): Promise<void>
}

export interface AdminCall {
  readonly path: string
  /** Missing: GET. */
  readonly body?: object
}

export interface AdminAnswer {
  readonly status: number
  readonly text: string
}

const ADMIN_MS_MAX = 15_000

/** Starts services, payout system and Prometheus; closes again what was started when one of them fails. */
export async function observe(options: ObserveOptions = {}): Promise<Observed> {
  const { services: names = [...CHECKER_NAMES, 'gateway'] } = options
  const folder = await mkdtemp(join(tmpdir(), 'cq observed '))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 3 })]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  const payouts = await startPayouts()
  closing.push(() => payouts.door.close())
  try {
    const configuration = await writeDemoConfiguration({ directory: folder, payoutsUrl: `${payouts.door.origin}/` })
    await mkdir(join(folder, 'business-system'), { recursive: true })
    await writeFile(join(folder, 'business-system/look-up.token'), `${randomUUID()}\n`, { mode: 0o600 })
    await options.prepare?.(folder)
    const running: LiveService[] = []
    const start = async ({ edit, ...variant }: Variant): Promise<LiveService> => {
      const service = await startLiveService({
        ...variant,
        file: planOf(configuration, variant.name).file,
        edit: (config) => applied(edit, variant.name === 'gateway' ? pointedAt(config, running) : config),
      })
      running.push(service)
      closing.push(() => service.close())
      return service
    }
    const variantOf = (name: ServiceName): Variant => {
      const edit = options.edit?.[name]
      return { name, label: name, isProcess: options.areProcesses === true, ...(edit !== undefined && { edit }) }
    }
    await Promise.all(names.filter((name) => name !== 'gateway').map((name) => start(variantOf(name))))
    if (names.includes('gateway')) await start(variantOf('gateway'))
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      configuration: await readFile(PROMETHEUS_CONFIGURATION, 'utf8'),
      ruleFiles: options.ruleFiles ?? ruleFilesOfDeploy(),
    })
    closing.push(() => prometheus.stop())
    const scraped: Target[] = []
    // One write after the other: situations are made side by side.
    let writing = Promise.resolve()
    const scrape = (...targets: readonly Target[]): Promise<void> => {
      scraped.push(...targets)
      writing = writing.then(() => prometheus.setTargets(scraped))
      return writing
    }
    await scrape(...running.map(({ name, instance }) => ({ instance, team: teamOf(name) })))
    const platforms = await createPlatforms(configuration)
    closing.push(() => platforms.close())
    return {
      folder,
      configuration,
      payouts,
      prometheus,
      platforms,
      service(name) {
        const found = running.find(({ label }) => label === name)
        if (found === undefined) throw new RangeError(`${name} was not started`)
        return found
      },
      async add(variant) {
        const service = await start(variant)
        await scrape({ instance: service.instance, team: teamOf(service.name), isPatient: variant.isPatient === true })
        return service
      },
      scrape,
      onClose: (end) => void closing.push(end),
      admin: (service, role, call) => callAdmin(configuration, service, role, call),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const applied = (edit: Edit | undefined, config: Mapping): Mapping => edit?.(config) ?? config

/** The gateway's checker entries, where these services listen. */
function pointedAt(config: Mapping, services: readonly LiveService[]): Mapping {
  const checkers = config.checkers as readonly (Mapping & { readonly name: CheckerName })[]
  return {
    ...config,
    checkers: checkers.map((entry) => {
      const service = services.find(({ label }) => label === entry.name)
      return service === undefined ? entry : { ...entry, service_address: service.callbackUrl }
    }),
  }
}

async function callAdmin(
  { admin }: DemoConfiguration,
  { adminUrl }: LiveService,
  role: 'viewer' | 'operator' | 'approver' | 'none',
  { path, body }: AdminCall,
): Promise<AdminAnswer> {
  const token = role === 'none' ? undefined : (await readFile(admin.tokens[role], 'utf8')).trim()
  const response = await fetch(`${adminUrl}${path}`, {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ADMIN_MS_MAX),
  })
  return { status: response.status, text: await response.text() }
}
