import type { Dialect } from '@callback-quorum/protocol'
import type { CommonConfig } from './common-config.ts'
import { checkDatabaseRules } from './database-rules.ts'
import { checkListenerRules } from './listener-rules.ts'
import type { Problem } from './problem.ts'

/** Dialects that the schema knows and no server of this release speaks: to accept them would be to listen and never answer. */
const NOT_SERVED: readonly Dialect[] = ['fireblocks-jwt', 'fireblocks-json']

export interface CommonRuleOptions {
  /** A gateway asks here that wraps bare JSON: its callers need no listener of their own. */
  readonly takesWraps?: boolean
}

/**
 * The rules of the common blocks that concern several members at once. An empty list means that they agree. To be given to
 * readConfigFile, alone or together with the service's own rules.
 */
export function checkCommonRules(config: CommonConfig, _o: CommonRuleOptions = {}): readonly Problem[] {
  return [
    ...checkListenerRules(config),
    ...checkDatabaseRules(config),
    ...checkNotServed(config),
    ...config.callers.flatMap((_, index) => checkCaller(config, index)),
  ]
}

function checkNotServed(config: CommonConfig): readonly Problem[] {
  return (['callback', 'callers'] as const).flatMap((block) =>
    config[block].flatMap((entry, index) =>
      entry.dialects.flatMap((dialect, position) =>
        NOT_SERVED.includes(dialect)
          ? [
              {
                path: [block, index, 'dialects', position],
                problem: `names ${dialect}, which this release does not serve yet`,
                expected: 'cobo-v1 or cobo-v2',
              },
            ]
          : [],
      ),
    ),
  )
}

function checkCaller(config: CommonConfig, index: number): readonly Problem[] {
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

  const unheard = caller.dialects.filter(
    (dialect) => !config.callback.some(({ dialects }) => dialects.includes(dialect)),
  )
  if (unheard.length > 0) add('dialects', `has ${unheard.join(', ')}, which no callback listener serves`)

  // Only fireblocks-json carries no signature that a key could verify.
  const signs = caller.dialects.some((dialect) => dialect !== 'fireblocks-json')
  if (signs && caller.pubkey_path.length === 0)
    add('pubkey_path', 'names no key', 'at least one, to verify what the caller signs')

  if (caller.platform === 'cobo') {
    for (const member of ['signer_ids', 'raw_tx'] as const) {
      if (caller[member] !== undefined) add(member, 'has no meaning for platform cobo', 'it left out')
    }
  } else if (caller.event_pubkey_path !== undefined) {
    add('event_pubkey_path', 'has no meaning for platform fireblocks', 'it left out')
  }
  return problems
}
