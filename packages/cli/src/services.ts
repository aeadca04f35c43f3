import { readBusinessLookupConfig, startBusinessLookup } from '@callback-quorum/business-lookup'
import { readGatewayConfig, startGateway, type RunningGateway } from '@callback-quorum/gateway'
import { readLimitsConfig, startLimits } from '@callback-quorum/limits'
import { readSanctionsConfig, startSanctions } from '@callback-quorum/sanctions'
import type { ConfigFile, RunningService } from '@callback-quorum/service'

export const SERVICE_NAMES = ['gateway', 'limits', 'sanctions', 'business-lookup'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

type Environment = Readonly<Record<string, string | undefined>>

interface Service {
  /** A block of the configuration that only this service has. */
  readonly block: string
  readonly about: string
  readonly read: (path: string, env: Environment) => Promise<ConfigFile<object>>
  readonly start: (path: string, env: Environment) => Promise<RunningService & Partial<RunningGateway>>
}

export const SERVICES: Readonly<Record<ServiceName, Service>> = {
  gateway: {
    block: 'checkers',
    about: 'asks every required checker and approves only when all approve',
    read: readGatewayConfig,
    start: async (path, env) => startGateway({ file: await readGatewayConfig(path, env) }),
  },
  limits: {
    block: 'rules',
    about: 'the checker of spend limits',
    read: readLimitsConfig,
    start: async (path, env) => startLimits({ file: await readLimitsConfig(path, env) }),
  },
  sanctions: {
    block: 'lists',
    about: 'the checker that screens addresses against sanctions lists',
    read: readSanctionsConfig,
    start: async (path, env) => startSanctions({ file: await readSanctionsConfig(path, env) }),
  },
  'business-lookup': {
    block: 'connector',
    about: 'the checker that finds the payment in the business system',
    read: readBusinessLookupConfig,
    start: async (path, env) => startBusinessLookup({ file: await readBusinessLookupConfig(path, env) }),
  },
}
