import type { AssetRegistry } from '@callback-quorum/chains'
import { ConfigError } from '@callback-quorum/service'
import { z } from 'zod'
import { AnswerFault } from '../answers/answer-fault.ts'
import { decimalOf, isAtLeast, readDecimal } from '../answers/decimal.ts'
import { isAbout } from '../answers/is-about.ts'
import { readAnswer } from '../answers/read-answer.ts'
import type { Finding, Screening, VendorApi } from '../vendor.ts'
import { TRM_LEVELS, type TrmConfig } from '../vendors-config.ts'

/** TRM's levels as numbers: Severe 15, High 10, Medium 5, Low 1, Unknown 0. */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ['15', 'Severe'],
  ['10', 'High'],
  ['5', 'Medium'],
  ['1', 'Low'],
])
const RELATIONS = ['OWNERSHIP', 'COUNTERPARTY', 'INDIRECT'] as const

const level = z.string().nullable()
const resultSchema = z.object({
  address: z.string(),
  addressSubmitted: z.string().nullish(),
  addressHighestRiskScoreLevel: level.optional(),
  addressRiskIndicators: z.array(
    z.object({
      category: z.string(),
      categoryRiskScoreLevel: level,
      riskType: z.enum(RELATIONS),
      totalVolumeUsd: z.string().nullish(),
    }),
  ),
  entities: z.array(z.object({ category: z.string(), entity: z.string(), riskScoreLevel: level })),
  error: z.unknown().optional(),
})

interface Indicator {
  readonly category: string
  readonly level: string | null
  readonly relation: (typeof RELATIONS)[number]
  readonly name: string
  readonly volumeUsd?: string | null | undefined
}

/**
 * TRM Labs wallet screening: `POST /public/v2/screening/addresses` with a list of one address, basic authentication with the key as both
 * parts (or `user:password` as the file has it). A rule of `reject` is (risk type, level or above, category, least volume); who owns
 * the address counts as OWNERSHIP. Unknown (0), a missing level and a level outside the table are not known, whatever else is fine.
 * Sources: docs.trmlabs.com (authentication, of the sanctions API); the form of this answer as users of the API publish it, levels by
 * docs.chain.link "Watchlist and Screening". The reference of this endpoint itself was not at hand, hence `path`.
 */
export function trm(config: TrmConfig, assets: AssetRegistry): VendorApi {
  const chains = new Map(Object.entries(config.chains))
  // Under a mistyped id no address would ever be asked about.
  const unknown = [...chains.keys()].filter((id) => assets.chain(id) === undefined)
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((id) => `vendor ${config.name}, chains.${id}: is not in the asset registry`))
  return {
    readsText: true,
    coverage: ({ id, network }) => (network === 'mainnet' && chains.has(id) ? 'ask' : config.outside_coverage),
    exchange: ({ chain, text }, { key = '' }) => ({
      method: 'POST',
      path: config.path,
      headers: { authorization: `Basic ${Buffer.from(key.includes(':') ? key : `${key}:${key}`).toString('base64')}` },
      body: JSON.stringify([{ address: text, chain: chains.get(chain.id) ?? '' }]),
      statuses: [200, 201],
      read: ({ body }) => readResult(body, text, config),
    }),
  }
}

function readResult(body: Uint8Array, asked: string, config: TrmConfig): Screening {
  const [result] = readAnswer(body, z.array(resultSchema).length(1))
  if (result === undefined) throw new AnswerFault('the answer has no result')
  if (![result.address, result.addressSubmitted ?? result.address].every((named) => isAbout(asked, named)))
    throw new AnswerFault('the answer is about another address')
  if (result.error !== undefined && result.error !== null) throw new AnswerFault('the screening ended in an error')
  const indicators = indicatorsOf(result)
  const findings = indicators.map((indicator) => findingOf(indicator, config.reject))
  // A known reason to say no stands beside what is not known.
  if (findings.some(({ effect }) => effect === 'reject')) return { status: 'ok', findings }
  const highest = result.addressHighestRiskScoreLevel
  if ([...indicators.map(({ level: text }) => text), ...(typeof highest === 'string' ? [highest] : [])].some(isUnknown))
    return { status: 'unknown', why: 'a risk level is unknown' }
  if (typeof highest !== 'string' && findings.length === 0 && config.never_seen === 'unknown')
    return { status: 'unknown', why: 'nothing is known about the address' }
  // A level that no indicator explains cannot be held against the rules; Low is below all of them, unless one begins there.
  const isExplained = typeof highest !== 'string' || indicators.some(({ level: text }) => text === highest)
  const isHarmless = highest === '1' && config.reject.every((rule) => rule.level !== 'low')
  if (!isExplained && !isHarmless) return { status: 'unknown', why: 'the highest level has no indicator' }
  return { status: 'ok', findings }
}

const isUnknown = (text: string | null): boolean => text === null || !LEVELS.has(text)

function indicatorsOf({ addressRiskIndicators, entities }: z.output<typeof resultSchema>): readonly Indicator[] {
  return [
    ...addressRiskIndicators.map((said): Indicator => ({
      category: said.category,
      level: said.categoryRiskScoreLevel,
      relation: said.riskType,
      name: '',
      volumeUsd: said.totalVolumeUsd,
    })),
    ...entities.map((said): Indicator => ({
      category: said.category,
      level: said.riskScoreLevel,
      relation: 'OWNERSHIP',
      name: said.entity,
    })),
  ]
}

function findingOf(indicator: Indicator, rules: TrmConfig['reject']): Finding {
  const label = LEVELS.get(indicator.level ?? '') ?? 'Unknown'
  return {
    category: indicator.category,
    level: indicator.name === '' ? label : `${label}, ${indicator.name}`,
    relation: indicator.relation,
    effect: rules.some((rule) => meets(indicator, rule)) ? 'reject' : 'report',
  }
}

function meets({ category, level: said, relation, volumeUsd }: Indicator, rule: TrmConfig['reject'][number]): boolean {
  if (rule.risk_type !== 'any' && rule.risk_type.toUpperCase() !== relation) return false
  if (rule.category !== undefined && rule.category.toLowerCase() !== category.toLowerCase()) return false
  if (said === null || !LEVELS.has(said) || Number(said) < TRM_LEVELS[rule.level]) return false
  // Without a readable volume nobody can say that it is below the least one.
  const volume = readDecimal(volumeUsd ?? '')
  return rule.min_usd === undefined || volume === undefined || isAtLeast(volume, decimalOf(rule.min_usd))
}
