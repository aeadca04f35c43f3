import { resolve } from 'node:path'
import { acceptUnbound, checkerConfigShape, createChecker, type CheckerStart } from '@callback-quorum/checker-kit'
import {
  checkCommonRules,
  filePath,
  migrationsBeside,
  readConfigFile,
  type ConfigFile,
  type RunningService,
} from '@callback-quorum/service'
import { z } from 'zod'
import { readRulesFile } from './rules-file.ts'
import { spendLimit } from './spend-limit.ts'

/** The common blocks and the file with the limits. */
export const limitsConfigSchema = z.strictObject({
  ...checkerConfigShape,
  rules: filePath,
  accept_unbound: acceptUnbound,
})
export type LimitsConfig = z.output<typeof limitsConfigSchema>

export const readLimitsConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<LimitsConfig>> => readConfigFile(path, limitsConfigSchema, env, checkCommonRules)

/** Starts the limits checker. Throws ConfigError for what the operator must change. */
export function startLimits(options: CheckerStart<LimitsConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    judges: 'raw',
    acceptUnbound: file.value.accept_unbound,
    migrations: [{ name: 'limits', directory: migrationsBeside(import.meta.url) }],
    rules: async ({ assets }) => {
      const rules = await readRulesFile(resolve(file.directory, file.value.rules), assets)
      return { rules: [spendLimit(rules.value.rules, rules.value.let_pass)], policyDigest: rules.digest }
    },
  })
}
