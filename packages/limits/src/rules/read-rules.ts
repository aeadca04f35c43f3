import { readConfigFile, type ConfigFile } from '@callback-quorum/service'
import { compileRules } from './compile-rules.ts'
import type { LintContext } from './lint-context.ts'
import { lintRules } from './lint-rules.ts'
import type { Rules } from './rule.ts'
import { rulesSchema, type RulesFile } from './rules-schema.ts'

/** Reads the rules and checks them against each other, the asset registry and the prices. Throws one ConfigError with all problems. */
export async function readRules(
  path: string,
  context: LintContext,
): Promise<ConfigFile<RulesFile> & { readonly rules: Rules }> {
  const file = await readConfigFile(path, rulesSchema, {}, (value) => lintRules(value, context))
  return { ...file, rules: compileRules(file.value, file.digest, context.assets) }
}
