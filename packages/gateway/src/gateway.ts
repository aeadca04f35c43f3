import { resolve } from 'node:path'
import {
  createServiceContext,
  listen,
  loadPrivateKey,
  readBody,
  readConfigFile,
  type AdminRoute,
  type Clock,
  type ConfigFile,
  type Logger,
  type RunningService,
  type ServiceContext,
  type Stoppable,
} from '@callback-quorum/service'
import { z } from 'zod'
import { certificateFiles } from './ask/certificate-files.ts'
import { createClients } from './ask/create-clients.ts'
import type { CheckerClient } from './ask/checker-client.ts'
import { checkGatewayConfig } from './config-check.ts'
import { gatewayConfigSchema, type GatewayConfig } from './config.ts'
import { createDecide } from './create-decide.ts'
import { gatewayMigrations } from './migrations.ts'
import { createDeciding, type DecidingParts } from './deciding.ts'
import { getFreeze, setFreeze } from './freeze.ts'
import { startOutbox } from './record/outbox.ts'
import { startSweeper } from './record/sweeper.ts'
import { createStateMetrics } from './state-metrics.ts'

export interface GatewayOptions {
  readonly file: ConfigFile<GatewayConfig>
  readonly clock?: Clock
  readonly log?: Logger
}

/** Reads and checks a gateway's configuration. Throws one ConfigError with all problems. */
export const readGatewayConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<GatewayConfig>> => readConfigFile(path, gatewayConfigSchema, env, checkGatewayConfig)

/**
 * Starts the gateway: listeners, outbox, sweeper, admin.
 * @throws ConfigError for what the operator must change; ServiceFault when the database cannot be opened
 */
export async function startGateway(options: GatewayOptions): Promise<RunningService> {
  const { file } = options
  const { value: config, directory } = file
  const clients = await createClients(config.checkers, directory)
  const internalKey =
    config.identity.internal_key === undefined
      ? undefined
      : await loadPrivateKey(resolve(directory, config.identity.internal_key))
  const context = await createServiceContext(file, {
    migrations: [gatewayMigrations],
    otherKeys: [
      ...[...clients.values()].flatMap(({ name, keys }) =>
        keys.map(({ fingerprint }) => ({ role: `checkers ${name}`, fingerprint })),
      ),
      ...(internalKey === undefined ? [] : [{ role: 'identity.internal_key', fingerprint: internalKey.fingerprint }]),
    ],
    acceptedKeys: [...clients.values()].map(({ name, keys }) => ({ role: `checkers ${name}`, keys })),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.log === undefined ? {} : { log: options.log }),
  })
  await context.certificates.useFiles(certificateFiles(config.checkers))
  const opened: Stoppable[] = []
  try {
    const parts = {
      file,
      context,
      clients,
      ...(internalKey === undefined ? {} : { internalKey }),
    }
    return await openGateway(parts, opened)
  } catch (error) {
    for (const part of opened) await part.stop()
    await context.database.close()
    throw error
  }
}

interface GatewayParts extends DecidingParts {
  readonly file: ConfigFile<GatewayConfig>
  readonly context: ServiceContext
}

/** `opened` collects what must be stopped, so that a failure half way leaves nothing running. */
async function openGateway(parts: GatewayParts, opened: Stoppable[]): Promise<RunningService> {
  const { file, context, clients, internalKey } = parts
  const { value: config } = file
  const { database, clock, log } = context
  const deciding = createDeciding(parts)
  const { metrics } = deciding
  const { registry } = context
  createStateMetrics({ registry, database, log, callers: config.callers, deadlineMs: config.deadline })
  for (const entry of config.quorum.filter(({ accept_unbound }) => accept_unbound)) {
    log.warn(
      { callers: entry.callers, kinds: entry.kinds },
      'ACCEPT_UNBOUND: approvals are given although no checker bound the bytes to be signed',
    )
  }
  if (internalKey !== undefined)
    opened.push(startOutbox({ clients, database, internalKey: internalKey.key, clock, log, metrics }))
  opened.push(
    startSweeper({ database, log, metrics, wantsOutcome: (checker) => clients.get(checker)?.wantsOutcome === true }),
  )
  opened.push({ name: 'checker connections', stop: () => closePools(clients) })

  return listen(context, {
    adminRoutes: adminRoutes(context),
    decide: createDecide(deciding),
    onFault: config.deferral.cobo,
    notReady: () =>
      database.ping().then(
        () => [],
        () => ['the database does not answer'],
      ),
    parts: opened,
  })
}

async function closePools(clients: ReadonlyMap<string, CheckerClient>): Promise<void> {
  await Promise.all([...clients.values()].map(({ pool }) => pool.close()))
}

const freezeBody = z.strictObject({ reason: z.string().min(1).max(500) })

function adminRoutes({ database, log }: ServiceContext): readonly AdminRoute[] {
  const change =
    (frozen: boolean): AdminRoute['handle'] =>
    async (call) => {
      const { who } = call
      const { reason } = readBody(freezeBody, call)
      const state = await setFreeze(database, frozen, who.name, reason)
      log.warn({ who: who.name, reason }, frozen ? 'FROZEN: nothing is approved' : 'unfrozen')
      return { body: state }
    }
  return [
    { method: 'GET', path: '/v1/freeze', role: 'viewer', handle: async () => ({ body: await getFreeze(database) }) },
    { method: 'POST', path: '/v1/freeze', role: 'operator', handle: change(true) },
    { method: 'POST', path: '/v1/unfreeze', role: 'approver', handle: change(false) },
  ]
}
