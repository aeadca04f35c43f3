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
    rules: async (context) => {
      const { value: config, directory } = file
      const rules = await createSanctionsRules({ ...context, config, dataDir: resolve(directory, config.data_dir) })
      const { certificates } = context
      // Vendors keep the authority that they were opened with; that of a list is read for each asking.
      await certificates.useFiles(config.vendors.map(({ name, ca }) => ({ role: `vendors ${name} ca`, path: ca })))
      certificates.followFiles(config.lists.map(({ source, ca }) => ({ role: `lists ${source} ca`, path: ca })))
      return rules
    },
  })
}
