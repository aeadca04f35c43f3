import { hostname } from 'node:os'
import type { Clock, ConfigFile, Database, DeferralForm, Logger, ServiceContext } from '@callback-quorum/service'
import type { CheckerClient } from './ask/checker-client.ts'
import type { InternalKey } from './ask/wrap-bare-json.ts'
import type { GatewayConfig } from './config.ts'
import { createGatewayMetrics, type GatewayMetrics } from './metrics.ts'
import { beginAtZero } from './metrics-at-zero.ts'
import { QuorumTable } from './quorum.ts'

/** What a decision stands on: made once, shared by all requests. */
export interface Deciding {
  readonly quorum: QuorumTable
  readonly clients: ReadonlyMap<string, CheckerClient>
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: GatewayMetrics
  readonly configDigest: string
  readonly replica: string
  readonly deadlineMs: Readonly<Record<'cobo' | 'fireblocks', number>>
  readonly recallApproveForMs: number
  /** For a Cobo node; a Co-signer hears RETRY. */
  readonly deferral: DeferralForm
  readonly internalKey?: InternalKey
}

export interface DecidingParts {
  readonly file: Pick<ConfigFile<GatewayConfig>, 'value' | 'digest'>
  readonly context: Pick<ServiceContext, 'database' | 'clock' | 'log' | 'registry'>
  readonly clients: ReadonlyMap<string, CheckerClient>
  readonly internalKey?: InternalKey
}

export function createDeciding({ file, context, clients, internalKey }: DecidingParts): Deciding {
  const { value: config, digest } = file
  const { database, clock, log, registry } = context
  const metrics = createGatewayMetrics(registry)
  beginAtZero(metrics, config)
  return {
    quorum: new QuorumTable(config),
    clients,
    database,
    clock,
    log,
    metrics,
    configDigest: digest,
    replica: config.replica === '' ? hostname() : config.replica,
    deadlineMs: config.deadline,
    recallApproveForMs: config.recall_approve_for,
    deferral: config.deferral.cobo,
    ...(internalKey === undefined ? {} : { internalKey }),
  }
}
