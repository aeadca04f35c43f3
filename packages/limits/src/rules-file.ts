import { ChainsFault, parseAmount, POWERS, type Asset, type AssetRegistry } from '@callback-quorum/chains'
import { duration, expecting, nameText, readConfigFile, type ConfigFile, type Problem } from '@callback-quorum/service'
import { z } from 'zod'

/** More rules than this on one payment are a mistake; each is a lock. */
const RULES_MAX = 1_000
/** A window longer than this is no velocity limit any more, and keeps every entry alive. */
const WINDOW_MS_MAX = 366 * 24 * 3_600_000

const DIMENSIONS = ['organisation', 'wallet', 'asset', 'destination', 'initiator'] as const
export type Dimension = (typeof DIMENSIONS)[number]

const anyOf = z
  .union([z.literal('*'), z.array(z.string().min(1)).min(1)], { error: expecting('a list, or "*"', '[hot-1]') })
  .default('*')

const ruleSchema = z.strictObject({
  id: nameText,
  match: z.strictObject({ organisation: anyOf, wallet: anyOf, asset: anyOf, initiator: anyOf }).prefault({}),
  per: z.array(z.enum(DIMENSIONS)).default(['wallet', 'asset']),
  window: z.union([z.literal('tx'), z.strictObject({ rolling: duration })], {
    error: expecting('tx or { rolling: 24h }'),
  }),
  limit: z
    .string({ error: expecting('a decimal string in units of the asset', '"250000"') })
    .regex(/^(0|[1-9]\d{0,59})(\.\d{1,30})?$/),
})

const rulesSchema = z.strictObject({
  version: z.int().min(1),
  /** Powers (ownership, upgrades ...) that no amount can count and another checker judges; every other one is refused. */
  let_pass: z.array(z.enum(POWERS)).default([]),
  rules: z
    .array(ruleSchema)
    .min(1, { error: expecting('at least one rule') })
    .max(RULES_MAX),
})

export type RulesFile = z.output<typeof rulesSchema>
export type LimitRule = RulesFile['rules'][number]

/** Reads the rules and checks them against each other and the asset registry. Throws one ConfigError with all problems. */
export const readRulesFile = (path: string, assets: AssetRegistry): Promise<ConfigFile<RulesFile>> =>
  readConfigFile(path, rulesSchema, {}, (file) => lintRules(file, assets))

/** The limit in atomic units of the asset. The lint made sure that it has no more decimals than the asset. */
export const limitAtomic = (rule: LimitRule, asset: Asset): bigint => parseAmount(rule.limit, asset.decimals)

const windowMs = ({ window }: LimitRule): number => (window === 'tx' ? 0 : window.rolling)

export function lintRules({ rules }: RulesFile, assets: AssetRegistry): readonly Problem[] {
  const problems: Problem[] = []
  for (const [index, rule] of rules.entries()) {
    const at = (member: string, problem: string, expected: string): void => {
      problems.push({ path: ['rules', index, member], problem, expected })
    }
    const first = rules.findIndex(({ id }) => id === rule.id)
    if (first < index)
      at('id', `is already the id of rules[${first}]`, 'an id of its own: it is the identity of the counter')
    if (windowMs(rule) > WINDOW_MS_MAX) at('window', 'is longer than 366 days', 'a shorter window')
    if (new Set(rule.per).size !== rule.per.length) at('per', 'names a dimension twice', 'each once')
    const named = rule.match.asset === '*' ? [] : rule.match.asset
    for (const id of named.filter((asset) => assets.asset(asset) === undefined)) {
      at('match', `names the asset ${id}, which is not in the registry`, 'an id of assets.yaml')
    }
    if (!rule.per.includes('asset') && named.length !== 1)
      at('per', 'pools amounts of different assets', 'asset among the dimensions, or exactly one asset to match')
    const covered = rule.match.asset === '*' ? assets.assets : named.flatMap((id) => assets.asset(id) ?? [])
    const decimals = rule.limit.split('.')[1]?.replace(/0+$/, '').length ?? 0
    const coarse = covered.find((asset) => asset.decimals < decimals)
    if (coarse !== undefined)
      at('limit', `has more decimals than ${coarse.id} (${coarse.decimals})`, 'no more decimals than the asset has')
    const small = covered.find((asset) => !isAmount(rule.limit, asset))
    if (coarse === undefined && small !== undefined)
      at('limit', `is beyond 256 bits of ${small.id}`, 'a limit that an amount can reach')
    for (const wider of rules) {
      const sameKey = JSON.stringify([rule.match, rule.per]) === JSON.stringify([wider.match, wider.per])
      if (sameKey && windowMs(wider) > windowMs(rule) && compareLimits(rule.limit, wider.limit) > 0) {
        at(
          'limit',
          `is larger than that of ${wider.id}, whose window is longer, so that this rule never says no`,
          'at most its limit',
        )
      }
    }
  }
  return problems
}

function isAmount(limit: string, asset: Asset): boolean {
  try {
    parseAmount(limit, asset.decimals)
    return true
  } catch (error) {
    if (error instanceof ChainsFault) return false
    throw error
  }
}

/** Decimal strings of the rules file, which have at most 30 decimals, compared exactly. */
function compareLimits(a: string, b: string): number {
  const scaled = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.split('.')
    return BigInt(whole + fraction.padEnd(30, '0'))
  }
  return scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0
}
