import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readBusinessLookupConfig, startBusinessLookup } from '@callback-quorum/business-lookup'
import { startProcess, type Mapping, type RunningProcess, type ServiceName } from '@callback-quorum/cli'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import { readLimitsConfig, startLimits } from '@callback-quorum/limits'
import { readSanctionsConfig, startSanctions } from '@callback-quorum/sanctions'
import {
  createLogger,
  createTestDatabase,
  systemClock,
  type Clock,
  type Database,
  type TestDatabase,
} from '@callback-quorum/service'
import { inject } from 'vitest'
import { parse, stringify } from 'yaml'
import { quietPort } from './quiet-port.ts'
import { waitFor } from './wait-for.ts'

/** One real service, in this process or in one of its own, on a real database of its own. */
export interface LiveService {
  readonly name: ServiceName
  /** Its `service_name`, and so the label `service` of all its series. */
  readonly label: string
  readonly directory: string
  readonly file: string
  readonly callbackUrl: string
  readonly metricsUrl: string
  /** `host:port` of its metrics: the label `instance`. */
  readonly instance: string
  readonly adminUrl: string
  readonly database: TestDatabase
  /** Moves the service's own clock from now on; the database's stays. Not of a process of its own. */
  moveClock(byMs: number): void
  /** The running process, where it has one of its own. Throws RangeError otherwise. */
  process(): RunningProcess
  /** A connection of the test's own, for looking and for tampering. */
  open(): Promise<Database>
  start(): Promise<void>
  /** Everything ends, the metrics listener too: to Prometheus the same as a process that is gone. */
  stop(): Promise<void>
  /** Stops it and drops its database. */
  close(): Promise<void>
}

export interface LiveServiceOptions {
  readonly name: ServiceName
  readonly label?: string
  /** The configuration as the demonstration writes it; paths in it are relative to its folder. */
  readonly file: string
  /** The last word on the configuration before it is written. */
  readonly edit?: (config: Mapping) => Mapping
  /** Uses the database of another one: a second replica. */
  readonly sharing?: LiveService
  /** A process of its own, from the build: for what only the end or the halt of a process shows. */
  readonly isProcess?: boolean
  /** How much the service's own clock is ahead from the start on. */
  readonly aheadMs?: number
}

const MAIN = join(import.meta.dirname, '../../../packages/cli/dist/main.js')

const log = createLogger({ level: 'silent', name: 'observed' })

/** Writes the configuration with ports, an admin listener and a database of its own, and starts it. */
export async function startLiveService(options: LiveServiceOptions): Promise<LiveService> {
  const { name, label = name, sharing } = options
  const directory = dirname(options.file)
  const [callback, metrics, admin] = [await quietPort(), await quietPort(), await quietPort()]
  const database = sharing?.database ?? (await createTestDatabase(inject('postgresUrl'), []))
  const dataDir = join(directory, 'data', `${label}-${callback}`)
  await mkdir(dataDir, { recursive: true })
  const file = join(directory, `${label}-${callback}.yaml`)
  const demo = parse(await readFile(options.file, 'utf8')) as Mapping & { readonly callback: readonly Mapping[] }
  const config = {
    ...demo,
    service_name: label,
    callback: demo.callback.map((listener) => ({ ...listener, listen: `127.0.0.1:${callback}` })),
    metrics: { listen: `127.0.0.1:${metrics}` },
    admin: { listen: `127.0.0.1:${admin}`, tokens: 'admin/tokens.yaml' },
    database_url: database.url,
    data_dir: dataDir,
    log: { level: 'fatal' },
  }
  await writeFile(file, stringify(options.edit?.(config) ?? config), { mode: 0o600 })
  let movedMs = options.aheadMs ?? 0
  const clock: Clock = { nowMs: () => systemClock.nowMs() + movedMs }
  const metricsUrl = `http://127.0.0.1:${metrics}`
  let running: { stop(): Promise<unknown> } | undefined
  let child: RunningProcess | undefined
  const startChild = async (): Promise<RunningProcess> => {
    const args = [name, '--config', file]
    const readyUrl = `${metricsUrl}/readyz`
    child = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
    await child.ready()
    return child
  }
  const start = async (): Promise<void> => {
    running = options.isProcess === true ? await startChild() : await STARTS[name](file, clock)
  }
  const stop = async (): Promise<void> => {
    await running?.stop()
    await child?.stop()
    running = undefined
  }
  const service: LiveService = {
    name,
    label,
    directory,
    file,
    callbackUrl: `http://127.0.0.1:${callback}`,
    metricsUrl,
    instance: `127.0.0.1:${metrics}`,
    adminUrl: `http://127.0.0.1:${admin}`,
    database,
    moveClock: (byMs) => void (movedMs += byMs),
    process: () => {
      if (child === undefined) throw new RangeError(`${label} is no process of its own`)
      return child
    },
    // A busy machine is late with it.
    open: () => waitFor(`a connection to the database of ${label}`, () => database.open({ poolSizeMax: 4 })),
    start,
    stop,
    close: async () => {
      await stop()
      if (sharing === undefined) await database.drop()
    },
  }
  try {
    await start()
  } catch (error) {
    await service.close()
    throw error
  }
  return service
}

const STARTS: Readonly<Record<ServiceName, (file: string, clock: Clock) => Promise<{ stop(): Promise<void> }>>> = {
  gateway: async (path, clock) => startGateway({ file: await readGatewayConfig(path, {}), clock, log }),
  limits: async (path, clock) => startLimits({ file: await readLimitsConfig(path, {}), clock, log }),
  sanctions: async (path, clock) => startSanctions({ file: await readSanctionsConfig(path, {}), clock, log }),
  integrity: async (path, clock) => startIntegrity({ file: await readIntegrityConfig(path, {}), clock, log }),
  'business-lookup': async (path, clock) =>
    startBusinessLookup({ file: await readBusinessLookupConfig(path, {}), clock, log }),
}
