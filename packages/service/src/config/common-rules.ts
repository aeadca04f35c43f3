import type { CommonConfig } from './common-config.ts'
import { checkDatabaseRules } from './database-rules.ts'
import { checkCosigner, isServed, unused } from './fireblocks-rules.ts'
import { checkListenerRules } from './listener-rules.ts'
import type { Problem } from './problem.ts'
import { checkTracingRules } from './tracing-rules.ts'

export interface CommonRuleOptions {
  /** A gateway asks here, on a listener of fireblocks-jwt, that wraps bare JSON: its callers need no listener of their own. */
  readonly takesWraps?: boolean
}

/**
 * The rules of the common blocks that concern several members at once. An empty list means that they agree. To be given to
 * readConfigFile, alone or together with the service's own rules.
 */
export function checkCommonRules(
  config: CommonConfig,
  { takesWraps = false }: CommonRuleOptions = {},
): readonly Problem[] {
  return [
    ...checkListenerRules(config),
    ...checkDatabaseRules(config),
    ...checkTracingRules(config),
    ...config.callers.flatMap((_, index) => checkCaller(config, index, takesWraps)),
  ]
}

function checkCaller(config: CommonConfig, index: number, takesWraps: boolean): readonly Problem[] {
  const caller = config.callers[index]
  if (caller === undefined) return []
  const problems: Problem[] = []
  const add = (member: string, problem: string, expected?: string): void => {
    problems.push({ path: ['callers', index, member], problem, ...(expected === undefined ? {} : { expected }) })
  }

  const first = config.callers.findIndex(({ name }) => name === caller.name)
  if (first < index) add('name', `is already the name of callers[${first}]`, 'a name of its own')

  const foreign = caller.dialects.filter((dialect) => !dialect.startsWith(`${caller.platform}-`))
  if (foreign.length > 0)
    add('dialects', `has ${foreign.join(', ')} for platform ${caller.platform}`, `${caller.platform}-…`)

  const unheard = caller.dialects.filter((dialect) => !isServed(config, dialect, takesWraps))
  if (unheard.length > 0) add('dialects', `has ${unheard.join(', ')}, which no callback listener serves`)

  // Only fireblocks-json carries no signature that a key could verify.
  const signs = caller.dialects.some((dialect) => dialect !== 'fireblocks-json')
  if (signs && caller.pubkey_path.length === 0)
    add('pubkey_path', 'names no key', 'at least one, to verify what the caller signs')

  const findings =
    caller.platform === 'fireblocks'
      ? checkCosigner(config, index, takesWraps)
      : (['signer_ids', 'raw_tx', 'listener'] as const)
          .filter((member) => caller[member] !== undefined)
          .map((member) => unused(member, 'platform cobo'))
  return [...problems, ...findings.map(({ at, ...rest }) => ({ path: ['callers', index, ...at], ...rest }))]
}
