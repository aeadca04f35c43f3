import type { FireblocksRequest } from '@callback-quorum/protocol'
import type { CheckerConfig } from './config.ts'
import type { JointJudgement } from './judge.ts'
import type { Objection, Rule } from './rule.ts'

export type ConfigChanges = CheckerConfig['config_changes']

/** Where the table stands in the evidence; no rule has a name with a dot in front. */
const TABLE = '.config_changes'

/** What the operator's table says about a change of the workspace: who judges it, or that nobody may approve it. */
export type ChangeRuling =
  { readonly by: 'rules' } | { readonly by: 'table'; readonly joint: JointJudgement } | Objection

/** A type that the table does not name is rejected, and so is one that nobody here has heard of. */
export function rulingOf(table: ConfigChanges, request: FireblocksRequest): ChangeRuling {
  if (request.endpoint !== 'config')
    throw new Error('invariant: a change of the workspace is asked at its own endpoint')
  const { type } = request
  if (typeof type !== 'string')
    return { code: 'CONFIG_TYPE_NOT_ALLOWED', text: 'a change of the workspace of a type that is not known' }
  const word = Object.hasOwn(table, type) ? table[type] : undefined
  switch (word) {
    case undefined:
      return { code: 'CONFIG_TYPE_NOT_ALLOWED', text: `config_changes does not name ${type}` }
    case 'judge':
      return { by: 'rules' }
    case 'approve': {
      const evidence = { [TABLE]: { [type]: word } }
      return { by: 'table', joint: { outcome: 'approve', codes: [], reason: '', evidence } }
    }
    default:
      throw new Error(`invariant: unknown word ${String(word satisfies never)}`)
  }
}

/** The types that the table gives to rules, when there is no rule that would say anything. */
export function unjudgedTypes(table: ConfigChanges, rules: readonly Rule[]): readonly string[] {
  if (rules.some(({ kinds }) => kinds.includes('config-change'))) return []
  return Object.entries(table).flatMap(([type, word]) => (word === 'judge' ? [type] : []))
}
