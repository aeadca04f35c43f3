import { join, resolve } from 'node:path'
import type { SigningIdentity } from '@callback-quorum/protocol'
import type { Registry } from 'prom-client'
import {
  createAdminMetrics,
  loadAdminTokens,
  startAdminServer,
  type AdminRoute,
  type Authenticate,
} from './admin/index.ts'
import type { CommonConfig, ConfigFile } from './config/index.ts'
import {
  createDatabaseMetrics,
  openDatabase,
  startClockSkew,
  type Database,
  type MigrationSet,
} from './database/index.ts'
import { startCallbackServer, type CallbackServerOptions } from './http/index.ts'
import {
  assertDistinctKeys,
  keyRolesOf,
  loadCallers,
  loadPrivateKey,
  type Caller,
  type PrivateKey,
} from './keys/index.ts'
import { systemClock, type Clock, type Stoppable } from './lifecycle/index.ts'
import { createLogger, type Logger } from './log.ts'
import {
  createCertificates,
  createMetricsRegistry,
  createReadyMetric,
  createServiceMetrics,
  startMetricsServer,
  type AcceptedKeys,
  type Certificates,
  type Readiness,
} from './metrics/index.ts'
import { openTracer, type Tracer } from './tracing/index.ts'

/** A process finishes what is in flight within this time; longer than the callers' own budget is never useful. */
export const STOP_GRACE_MS = 10_000

/** What every service stands on once its configuration is read: nothing listens yet. */
export interface ServiceContext {
  readonly config: CommonConfig
  readonly configDigest: string
  readonly directory: string
  readonly serviceName: string
  readonly log: Logger
  readonly clock: Clock
  readonly registry: Registry
  /** Whose expiry is measured; a service adds the files of its own connections. */
  readonly certificates: Certificates
  readonly database: Database
  readonly callers: readonly Caller[]
  readonly identityKey: PrivateKey
  readonly identity: SigningIdentity
  /** Who a bearer token of the admin listener belongs to; there when the configuration has the block `admin`. */
  readonly authenticate?: Authenticate
  readonly tracer: Tracer
}

export interface ContextOptions {
  readonly migrations: readonly MigrationSet[]
  readonly clock?: Clock
  readonly log?: Logger
  /** Public keys of this service's peers, which must differ from every other key (DESIGN.md, "Rules that hold everywhere"). */
  readonly otherKeys?: readonly { readonly role: string; readonly fingerprint: string }[]
  /** Keys of peers whose expiry is measured; those of the callers are anyway. */
  readonly acceptedKeys?: readonly AcceptedKeys[]
  /** A service that a gateway asks: verified requests may name their trace unless `tracing.accept_parent` says otherwise. */
  readonly acceptsParent?: boolean
}

/** Loads keys and admin tokens and opens the database of a service. Throws ConfigError or ServiceFault before anything listens. */
export async function createServiceContext(
  file: ConfigFile<CommonConfig>,
  options: ContextOptions,
): Promise<ServiceContext> {
  const { value: config, directory } = file
  const serviceName = config.service_name
  const log = options.log ?? createLogger({ ...config.log, name: serviceName })
  const identityKey = await loadPrivateKey(resolve(directory, config.identity.private_key))
  const callers = await loadCallers(config, directory)
  assertDistinctKeys([
    { role: 'identity.private_key', fingerprint: identityKey.fingerprint },
    ...keyRolesOf(callers),
    ...(options.otherKeys ?? []),
  ])
  const authenticate =
    config.admin === undefined ? undefined : await loadAdminTokens(resolve(directory, config.admin.tokens))
  const registry = createMetricsRegistry(serviceName, { exemplars: config.tracing !== undefined })
  const certificates = createCertificates(directory, log)
  createServiceMetrics(registry, {
    configDigest: file.digest,
    certificates,
    acceptedKeys: [
      ...callers.map(({ name, keys }) => ({ role: `callers ${name}`, keys })),
      ...(options.acceptedKeys ?? []),
    ],
  })
  const tracer = await openTracer({
    config: config.tracing,
    directory,
    serviceName,
    acceptsParent: options.acceptsParent ?? false,
    registry,
    log,
  })
  const database = await openDatabase({
    url: config.database_url,
    dataDir: resolve(directory, config.data_dir),
    profile: config.profile,
    migrations: options.migrations,
    log,
    metrics: createDatabaseMetrics(registry),
  })
  return {
    config,
    configDigest: file.digest,
    directory,
    serviceName,
    log,
    clock: options.clock ?? systemClock,
    registry,
    certificates,
    database,
    callers,
    identityKey,
    identity: {
      privateKey: identityKey.key,
      issuer: serviceName,
      tokenExpireMs: config.identity.token_expire_minutes * 60_000,
    },
    ...(authenticate === undefined ? {} : { authenticate }),
    tracer,
  }
}

export interface RunningService {
  readonly callbackUrls: readonly string[]
  readonly metricsUrl?: string
  readonly adminUrl?: string
  /** In the order in which they must be stopped. */
  readonly parts: readonly Stoppable[]
  /** Stops every part; throws AggregateError afterwards when some did not stop. */
  stop(): Promise<void>
}

export interface ListenOptions extends Pick<CallbackServerOptions, 'decide' | 'routes' | 'onFault' | 'wrapKeys'> {
  /** Why this service cannot answer now, in words for an operator; empty when it can. */
  readonly notReady: () => Promise<readonly string[]>
  /** What the admin listener serves, when the configuration opens one. */
  readonly adminRoutes?: readonly AdminRoute[]
  /** Stopped after the listeners are drained and before the database closes, in this order. */
  readonly parts?: readonly Stoppable[]
}

/** Opens the callback, admin and metrics listeners, or none. Stopping drains the listeners first and closes the database last. */
export async function listen(context: ServiceContext, options: ListenOptions): Promise<RunningService> {
  const { config, registry, log, database } = context
  const isReady = async (): Promise<boolean> => (await options.notReady()).length === 0
  let stopping = false
  const readiness = async (): Promise<Readiness> => {
    const reasons = stopping ? ['it is stopping'] : await options.notReady()
    return { ready: reasons.length === 0, reasons }
  }
  createReadyMetric(registry, async () => (await readiness()).ready, log)
  const server = await startCallbackServer({
    listeners: config.callback,
    directory: context.directory,
    serviceName: context.serviceName,
    identity: context.identity,
    callers: context.callers,
    clock: context.clock,
    log,
    registry,
    certificates: context.certificates,
    tracer: context.tracer,
    // A ping that is still answered is answered by a service that works.
    isReady,
    decide: options.decide,
    ...(options.routes === undefined ? {} : { routes: options.routes }),
    ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
    ...(options.wrapKeys === undefined ? {} : { wrapKeys: options.wrapKeys }),
  })
  const skew = startClockSkew({ registry, database, clock: context.clock, log })
  // Stopped in this order; what failed to stop never keeps the next from stopping.
  const stopCallbacks = (): Promise<void> => {
    stopping = true
    return server.stop(STOP_GRACE_MS)
  }
  const listeners: Stoppable[] = [{ name: 'callback listeners', stop: stopCallbacks }]
  let urls: Pick<RunningService, 'adminUrl' | 'metricsUrl'> = {}
  try {
    if (config.admin !== undefined && context.authenticate !== undefined) {
      const { authenticate } = context
      const { listen: address } = config.admin
      const admin = await startAdminServer({
        listen: address,
        authenticate,
        routes: options.adminRoutes ?? [],
        log,
        metrics: createAdminMetrics(registry),
      })
      listeners.push({ name: 'admin', stop: () => admin.close() })
      urls = { adminUrl: admin.url }
    }
    if (config.metrics !== undefined) {
      const { listen: address } = config.metrics
      const metrics = await startMetricsServer({ listen: address, registry, log, isReady: readiness })
      listeners.push({ name: 'metrics', stop: () => metrics.close() })
      urls = { ...urls, metricsUrl: metrics.url }
    }
  } catch (error) {
    // Nobody is waited for by a service that did not start.
    await server.stop(0)
    await stopAll([...listeners, skew])
    throw error
  }
  const parts = [
    ...listeners,
    ...(options.parts ?? []),
    skew,
    { name: 'tracing', stop: () => context.tracer.stop() },
    { name: 'database', stop: () => database.close() },
  ]
  return { callbackUrls: server.urls, ...urls, parts, stop: () => stopAll(parts) }
}

async function stopAll(parts: readonly Stoppable[]): Promise<void> {
  const failures: unknown[] = []
  for (const part of parts) await part.stop().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop')
}

/** Where a package keeps its own migrations, seen from one of its source or built files. */
export const migrationsBeside = (moduleUrl: string): URL => new URL(join('..', 'migrations/'), moduleUrl)
