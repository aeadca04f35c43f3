import { canonicalizeAddress, ChainsFault, type Chain } from '@callback-quorum/chains'
import { AdminFault, type Sql } from '@callback-quorum/service'
import { hasCounter } from '../ledger/correct-counter.ts'
import type { Dimension } from '../rules/rules-schema.ts'
import type { Limit } from '../rules/rule.ts'
import type { AdminContext } from './admin-context.ts'

type Given = Readonly<Record<string, string>>

/** The limit that counts under this id now. Throws AdminFault 400. */
export function findLimit({ rules }: Pick<AdminContext, 'rules'>, id: string): Limit {
  const limit = rules.limits.find(({ counterId }) => counterId === id)
  if (limit !== undefined) return limit
  const known = rules.limits.map(({ counterId }) => counterId)
  throw new AdminFault(400, `rule: no rule ${id} counts now; expected one of ${known.join(', ')}`)
}

/**
 * The canonical text (charges.ts) of values in their canonical form, for exactly those dimensions that the limit is counted by.
 * @throws AdminFault 400 with every problem on a line of its own
 */
export function canonicalDimensions({ per, counterId }: Limit, values: Given): string {
  const wrong = [
    ...per.filter((name) => values[name] === undefined).map((name) => `dimensions.${name}: is missing`),
    ...Object.keys(values)
      .filter((name) => !per.some((known) => known === name))
      .map((name) => `dimensions.${name}: is none of ${counterId}; expected ${per.join(', ')}`),
  ]
  if (wrong.length > 0) throw new AdminFault(400, wrong.join('\n'))
  return JSON.stringify(per.toSorted().map((name) => [name, values[name]]))
}

/**
 * The dimensions of a counter of this limit as people write them, in their canonical text. A destination is an address of the asset's chain, or the
 * canonical key of a counter that is there. Values that nothing could have are refused, unless there is a counter of exactly these.
 * @throws AdminFault 400 with every problem on a line of its own
 */
export async function readDimensions(sql: Sql, limit: Limit, given: Given, context: AdminContext): Promise<string> {
  const asWritten = canonicalDimensions(limit, given)
  if (await hasCounter(sql, limit.counterId, asWritten)) return asWritten

  const problems: string[] = []
  const read = limit.per.map((name) => {
    const report = (problem: string): void => void problems.push(`dimensions.${name}: ${problem}`)
    return [name, readValue(name, limit, given, context, report)] as const
  })
  if (problems.length > 0) throw new AdminFault(400, problems.join('\n'))
  return canonicalDimensions(limit, Object.fromEntries(read))
}

function readValue(
  name: Dimension,
  limit: Limit,
  given: Given,
  context: AdminContext,
  report: (problem: string) => void,
): string {
  const { assets, rules, callers } = context
  const value = given[name] ?? ''
  const oneOf = (known: Iterable<string>, what: string): string => {
    if (![...known].includes(value)) report(`is not ${what}`)
    return value
  }
  switch (name) {
    case 'asset':
      return oneOf(
        assets.assets.map(({ id }) => id),
        'in the asset registry',
      )
    case 'chain':
      return oneOf(
        assets.assets.map(({ chain }) => chain.id),
        'in the asset registry',
      )
    case 'caller':
      return oneOf(
        callers.map((caller) => caller.name),
        'a configured caller',
      )
    case 'organisation':
      return oneOf(
        callers.map(({ organisation }) => organisation),
        'the organisation of a configured caller',
      )
    case 'wallet-group':
      return oneOf(rules.groups.walletGroup.values(), 'among wallet_groups')
    case 'destination-group':
      return oneOf(rules.groups.destinationGroup.values(), 'among destination_groups')
    case 'destination':
      return readDestination(value, chainOf(limit, given, context), report)
    case 'operation':
    case 'initiator':
    case 'wallet':
      if (value === '') report('is empty')
      return value
    case 'tag':
      return value
    default:
      return name satisfies never
  }
}

function chainOf({ match }: Limit, { chain, asset }: Given, { assets }: AdminContext): Chain | undefined {
  const only = (list: '*' | readonly string[]): string | undefined =>
    list !== '*' && list.length === 1 ? list[0] : undefined
  const id = chain ?? only(match.chain)
  const assetId = asset ?? only(match.asset)
  return (
    (id === undefined ? undefined : assets.chain(id)) ??
    (assetId === undefined ? undefined : assets.asset(assetId)?.chain)
  )
}

function readDestination(value: string, chain: Chain | undefined, report: (problem: string) => void): string {
  if (chain === undefined) {
    report('cannot be read where the rule is of several chains; expected the canonical key of a counter that is there')
    return value
  }
  try {
    return canonicalizeAddress(chain.family, chain.network, value).key
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    report(`is not an address of ${chain.id}`)
    return value
  }
}
