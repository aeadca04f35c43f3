import { resolve } from 'node:path'
import { checkCheckerConfig, createChecker, type CheckerStart } from '@callback-quorum/checker-kit'
import { readConfigFile, type ConfigFile, type RunningService } from '@callback-quorum/service'
import { checkSanctionsRules, sanctionsConfigSchema, type SanctionsConfig } from './config.ts'
import { createSanctionsRules } from './create-sanctions-rules.ts'
import { sanctionsMigrations } from './migrations.ts'

/** Reads and checks the configuration. Throws one ConfigError with all problems. */
export const readSanctionsConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<SanctionsConfig>> =>
  readConfigFile(path, sanctionsConfigSchema, env, (config) => [
    ...checkCheckerConfig(config),
    ...checkSanctionsRules(config),
  ])

/** Starts the sanctions checker. Throws ConfigError for what the operator must change. */
export function startSanctions(options: CheckerStart<SanctionsConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    judges: 'raw',
    acceptUnbound: file.value.accept_unbound,
    migrations: [sanctionsMigrations],
    rules: (context) =>
      createSanctionsRules({ ...context, config: file.value, dataDir: resolve(file.directory, file.value.data_dir) }),
  })
}
