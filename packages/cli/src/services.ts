import type { CommonConfig, ConfigFile, Logger, MigrationSet, RunningService } from '@callback-quorum/service'
import type { ServiceName } from './constellation/service-names.ts'
import { lintCommon } from './lint/lint-common.ts'
import { lintGateway } from './lint/lint-gateway.ts'
import type { Lint } from './lint/lint.ts'
import { checkerFiles, gatewayFiles, type FileCheck } from './service-files.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** One row of a gateway's quorum matrix. */
export interface QuorumRow {
  readonly caller: string
  readonly kind: string
  readonly require: string
  readonly shadow: string
  readonly unbound: boolean
}

/** A service whose configuration was read and holds. */
export interface OpenedService {
  readonly file: ConfigFile<CommonConfig>
  /** Reads one of the files that the configuration names, as the service would. */
  readonly files: readonly FileCheck[]
  readonly matrix?: readonly QuorumRow[]
  /** What a start accepts and an operator would hardly want. */
  readonly lints: readonly Lint[]
  start(log: Logger): Promise<RunningService>
}

export interface Service {
  readonly summary: string
  /** Top-level blocks that only this service's configuration has: all of these, and of a list any one. */
  readonly blocks: readonly (string | readonly string[])[]
  /** Reads the configuration. Throws one ConfigError with all problems. */
  open(path: string, env: Environment): Promise<OpenedService>
  /** What its database is brought to at a start, beside the base set. */
  migrations(): Promise<readonly MigrationSet[]>
}

const checkerMigrations = async (...own: readonly MigrationSet[]): Promise<readonly MigrationSet[]> => {
  const { checkerKitMigrations } = await import('@callback-quorum/checker-kit')
  return [checkerKitMigrations, ...own]
}

/** What this binary can be. Each package is loaded only when it is asked for. */
export const SERVICES: Readonly<Record<ServiceName, Service>> = {
  gateway: {
    summary: 'ask the checkers; approve only when all that are required do',
    blocks: ['checkers', 'quorum'],
    migrations: async () => [(await import('@callback-quorum/gateway')).gatewayMigrations],
    open: async (path, env) => {
      const { quorumMatrix, readGatewayConfig, startGateway } = await import('@callback-quorum/gateway')
      const file = await readGatewayConfig(path, env)
      return {
        file,
        files: gatewayFiles(file),
        matrix: quorumMatrix(file.value),
        lints: [...lintCommon(file.value), ...lintGateway(file.value)],
        start: (log) => startGateway({ file, log }),
      }
    },
  },
  limits: {
    summary: 'checker: limits per payment and per rolling window',
    blocks: ['rules'],
    migrations: async () => checkerMigrations((await import('@callback-quorum/limits')).limitsMigrations),
    open: async (path, env) => {
      const { readLimitsConfig, readRules, startLimits } = await import('@callback-quorum/limits')
      const file = await readLimitsConfig(path, env)
      return {
        file,
        files: checkerFiles(file, (assets, pathOf) =>
          readRules(pathOf(file.value.rules), {
            assets,
            // What the sources know is seen when they are asked; without any, no value can be told.
            ...(file.value.prices === undefined && { covers: () => [] }),
          }),
        ),
        lints: lintCommon(file.value),
        start: (log) => startLimits({ file, log }),
      }
    },
  },
  sanctions: {
    summary: 'checker: addresses on sanctions lists',
    blocks: ['lists'],
    migrations: async () => checkerMigrations((await import('@callback-quorum/sanctions')).sanctionsMigrations),
    open: async (path, env) => {
      const { readSanctionsConfig, startSanctions } = await import('@callback-quorum/sanctions')
      const file = await readSanctionsConfig(path, env)
      return {
        file,
        files: checkerFiles(file),
        lints: lintCommon(file.value),
        start: (log) => startSanctions({ file, log }),
      }
    },
  },
  integrity: {
    summary: 'checker: the bytes to be signed do what is described, and nothing forbidden',
    blocks: [['groups', 'vaults']],
    migrations: () => checkerMigrations(),
    open: async (path, env) => {
      const { createIntegrityRules, readIntegrityConfig, startIntegrity } = await import('@callback-quorum/integrity')
      const file = await readIntegrityConfig(path, env)
      return {
        file,
        files: checkerFiles(file, (assets, _pathOf, addresses) =>
          Promise.resolve(createIntegrityRules(file, { assets, addresses })),
        ),
        lints: lintCommon(file.value),
        start: (log) => startIntegrity({ file, log }),
      }
    },
  },
  'business-lookup': {
    summary: 'checker: payments that the business system knows',
    blocks: ['connector'],
    migrations: async () =>
      checkerMigrations((await import('@callback-quorum/business-lookup')).businessLookupMigrations),
    open: async (path, env) => {
      const { readBusinessLookupConfig, readLookupFiles, startBusinessLookup } =
        await import('@callback-quorum/business-lookup')
      const file = await readBusinessLookupConfig(path, env)
      return {
        file,
        files: checkerFiles(file, (assets) => readLookupFiles(file, assets)),
        lints: lintCommon(file.value),
        start: (log) => startBusinessLookup({ file, log }),
      }
    },
  },
}
