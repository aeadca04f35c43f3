import { canonicalizeAddress, ChainsFault, type AssetRegistry } from '@callback-quorum/chains'
import type { Problem } from '@callback-quorum/service'
import { measureOf, perOf } from './compile-rules.ts'
import { lintAmounts } from './lint-amounts.ts'
import type { LintContext, Report } from './lint-context.ts'
import { DIMENSIONS, type RulesFile, type WrittenRule } from './rules-schema.ts'

/** Which members each kind of rule has, beside id, name, kind, mode and match; `!` where it cannot do without. */
const MEMBERS = {
  limit: ['per', 'measure', 'currency', 'count_unit', 'include_fee', 'window!', 'limit!'],
  outstanding: ['per', 'measure', 'currency', 'count_unit', 'include_fee', 'limit!'],
  'min-interval': ['per', 'interval!'],
  'new-destination': ['cooldown!', 'unlisted', 'probation'],
  schedule: ['tz!', 'open!', 'holidays'],
} as const satisfies Readonly<Record<WrittenRule['kind'], readonly string[]>>

const OPTIONAL = [
  'per',
  'measure',
  'currency',
  'count_unit',
  'include_fee',
  'window',
  'limit',
  'interval',
  'cooldown',
  'unlisted',
  'probation',
  'tz',
  'open',
  'holidays',
] as const

/** Everything that is wrong with the rules, at once, each at its own place in the file. */
export function lintRules(file: RulesFile, context: LintContext): readonly Problem[] {
  const problems: Problem[] = []
  for (const [index, rule] of file.rules.entries()) {
    const report: Report = (member, problem, expected) => {
      problems.push({ path: ['rules', index, member], problem, expected })
    }
    const first = file.rules.findIndex(({ id }) => id === rule.id)
    if (first < index)
      report(
        'id',
        `is already the id of rules[${String(first)}]`,
        'an id of its own: it is the identity of the counter',
      )
    lintMembers(rule, report)
    lintNames(rule, file, context.assets, report)
    lintMatch(rule, context.assets, report)
    lintPer(rule, report)
    lintSchedule(rule, report)
    lintAmounts(rule, file.rules, context, report)
  }
  return [...problems, ...lintGroups(file, context.assets)]
}

function lintMembers(rule: WrittenRule, report: Report): void {
  const members: readonly string[] = MEMBERS[rule.kind]
  for (const name of OPTIONAL) {
    const isHere = rule[name] !== undefined
    if (isHere && !members.includes(name) && !members.includes(`${name}!`))
      report(name, `means nothing in a rule of kind ${rule.kind}`, 'it left out')
    if (!isHere && members.includes(`${name}!`)) report(name, 'is missing', `it in every rule of kind ${rule.kind}`)
  }
  const { probation } = rule
  if (probation === undefined) return
  const { count, amount, value } = probation
  if (count === undefined && amount === undefined && value === undefined)
    report('probation', 'caps nothing', 'count, amount or value')
}

function lintNames(rule: WrittenRule, file: RulesFile, assets: AssetRegistry, report: Report): void {
  const unknown = (listed: '*' | readonly string[], isKnown: (name: string) => boolean): readonly string[] =>
    listed === '*' ? [] : listed.filter((name) => !isKnown(name))
  for (const id of unknown(rule.match.asset, (name) => assets.asset(name) !== undefined))
    report('match', `names the asset ${id}, which is not in the registry`, 'an id of assets.yaml')
  for (const id of unknown(rule.match.chain, (name) => assets.chain(name) !== undefined))
    report('match', `names the chain ${id}, which is not in the registry`, 'an id of assets.yaml')
  for (const name of unknown(rule.match.wallet_group, (group) => file.wallet_groups[group] !== undefined))
    report('match', `names the group ${name}, which is not among wallet_groups`, 'one of them')
  for (const name of unknown(rule.match.destination_group, (group) => file.destination_groups[group] !== undefined))
    report('match', `names the group ${name}, which is not among destination_groups`, 'one of them')
  if (typeof rule.holidays === 'string' && file.holidays[rule.holidays] === undefined)
    report('holidays', `names ${rule.holidays}, which is not among holidays`, 'one of them')
}

/** Rules that no payment can ever meet: whoever wrote them believes in a limit that is not there. */
function lintMatch(rule: WrittenRule, assets: AssetRegistry, report: Report): void {
  const { chain, asset, destination, destination_group: group, operation } = rule.match
  const isOn = (id: string): boolean => chain === '*' || chain.includes(assets.asset(id)?.chain.id ?? id)
  if (asset !== '*' && asset.every((id) => assets.asset(id) !== undefined && !isOn(id)))
    report('match', 'names only assets of other chains than it names, so it never applies', 'assets of these chains')
  if (rule.kind === 'new-destination' && (destination !== '*' || group !== '*'))
    report('match', 'says which destinations are meant, where all new ones are', 'destination left out')
  const onlyMessages = operation !== '*' && operation.every((name) => name === 'message' || name === 'raw')
  if (onlyMessages && rule.kind === 'limit' && measureOf(rule) !== 'count')
    report('measure', 'is of amounts, and messages have none, so it never applies', 'count')
}

function lintPer(rule: WrittenRule, report: Report): void {
  const per = perOf(rule)
  if (new Set(per).size !== per.length) report('per', 'names a dimension twice', 'each once')
  if (!DIMENSIONS.includes(per[0] ?? 'asset')) report('per', 'names no dimension', DIMENSIONS.join(', '))
  const isOfDestinations =
    per.includes('destination') ||
    per.includes('destination-group') ||
    rule.match.destination !== '*' ||
    rule.match.destination_group !== '*'
  if (rule.include_fee === true && isOfDestinations)
    report('include_fee', 'counts fees, which have no destination', 'no destination in this rule, or no fee')
  const measure = measureOf(rule)
  if (rule.include_fee === true && measure === 'count')
    report('include_fee', 'means nothing where payments are counted', 'it left out')
  if (rule.count_unit !== undefined && measure !== 'count')
    report('count_unit', `means nothing where the measure is ${measure}`, 'it left out')
}

function lintSchedule({ open = [] }: WrittenRule, report: Report): void {
  for (const [index, { from, to }] of open.entries())
    if (from === to || from === '24:00')
      report('open', `has no hours in entry ${String(index)}`, 'from and to that differ')
}

function lintGroups(file: RulesFile, assets: AssetRegistry): readonly Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, string>()
  const once = (block: string, group: string, index: number, member: string): void => {
    const other = seen.get(`${block} ${member}`)
    if (other !== undefined)
      problems.push({
        path: [block, group, index],
        problem: `is in the group ${other} already`,
        expected: 'each in one group: it has one counter',
      })
    seen.set(`${block} ${member}`, group)
  }
  for (const [group, wallets] of Object.entries(file.wallet_groups))
    for (const [index, wallet] of wallets.entries()) once('wallet_groups', group, index, wallet)
  for (const [group, members] of Object.entries(file.destination_groups))
    for (const [index, { chain: id, address }] of members.entries()) {
      const path = ['destination_groups', group, index]
      const chain = assets.chain(id)
      if (chain === undefined) {
        problems.push({
          path: [...path, 'chain'],
          problem: `${id} is not in the registry`,
          expected: 'an id of assets.yaml',
        })
        continue
      }
      try {
        once('destination_groups', group, index, canonicalizeAddress(chain.family, chain.network, address).key)
      } catch (error) {
        if (!(error instanceof ChainsFault)) throw error
        problems.push({ path: [...path, 'address'], problem: `is not an address of ${id}`, expected: 'one' })
      }
    }
  return problems
}
