import { ChainsFault, parseAmount, type Asset } from '@callback-quorum/chains'
import { measureOf, perOf } from './compile-rules.ts'
import type { LintContext, Report } from './lint-context.ts'
import type { WrittenRule } from './rules-schema.ts'
import { spanMs } from './window.ts'

/** Values are counted in units of 1e-8 of the currency. */
export const VALUE_DECIMALS = 8
/** A value needs two sources of prices: one alone could say anything. */
const SOURCES_MIN = 2

/** What is wrong with the figures of one rule, and with it beside the others. */
export function lintAmounts(
  rule: WrittenRule,
  rules: readonly WrittenRule[],
  context: LintContext,
  report: Report,
): void {
  const measure = measureOf(rule)
  const covered = coveredBy(rule, context)
  if ((rule.currency !== undefined) !== (measure === 'value'))
    report(
      'currency',
      measure === 'value' ? 'is missing' : `means nothing where the measure is ${measure}`,
      'a currency beside measure: value, and only there',
    )
  const { probation, limit } = rule
  if ((probation?.currency !== undefined) !== (probation?.value !== undefined))
    report('probation', 'needs a value and a currency, or neither', 'both')
  if (measure === 'count' && limit?.includes('.') === true) report('limit', 'counts payments', 'a whole number')
  if (measure === 'amount' && limit !== undefined) {
    const isPooled = !perOf(rule).includes('asset') && (rule.match.asset === '*' || rule.match.asset.length !== 1)
    if (isPooled)
      report(
        'per',
        'pools amounts of different assets',
        'asset among the dimensions, exactly one asset to match, or measure: value',
      )
    lintFigure(limit, covered, 'limit', report)
  }
  if (probation?.amount !== undefined) lintFigure(probation.amount, covered, 'probation', report)
  if (measure === 'value' && limit !== undefined) lintValue(limit, rule.currency, covered, 'limit', context, report)
  if (probation?.value !== undefined)
    lintValue(probation.value, probation.currency, covered, 'probation', context, report)
  lintOrder(rule, rules, report)
}

function coveredBy({ match }: WrittenRule, { assets }: LintContext): readonly Asset[] {
  const named = match.asset === '*' ? assets.assets : match.asset.flatMap((id) => assets.asset(id) ?? [])
  return named.filter(({ chain }) => match.chain === '*' || match.chain.includes(chain.id))
}

function lintFigure(limit: string, covered: readonly Asset[], member: string, report: Report): void {
  const decimals = limit.split('.')[1]?.replace(/0+$/, '').length ?? 0
  const coarse = covered.find((asset) => asset.decimals < decimals)
  if (coarse !== undefined)
    report(
      member,
      `has more decimals than ${coarse.id} (${String(coarse.decimals)})`,
      'no more decimals than the asset has',
    )
  const small = covered.find((asset) => !isAmount(limit, asset.decimals))
  if (coarse === undefined && small !== undefined)
    report(member, `is beyond 256 bits of ${small.id}`, 'a limit that an amount can reach')
}

function lintValue(
  limit: string,
  currency: string | undefined,
  covered: readonly Asset[],
  member: string,
  context: LintContext,
  report: Report,
): void {
  if (!isAmount(limit, VALUE_DECIMALS))
    report(member, 'is no value of a currency', `a decimal with up to ${String(VALUE_DECIMALS)} decimals`)
  const { covers } = context
  if (covers === undefined || currency === undefined) return
  const bare = covered.find(({ id }) => covers(id, currency).length < SOURCES_MIN)
  if (bare !== undefined)
    report(
      member,
      `is a value in ${currency}, and fewer than ${String(SOURCES_MIN)} sources price ${bare.id}`,
      'a match of assets that two sources price',
    )
}

/** A shorter window that allows more than a longer one over the same payments never says no. */
function lintOrder(rule: WrittenRule, rules: readonly WrittenRule[], report: Report): void {
  const { limit, window } = rule
  if (rule.kind !== 'limit' || rule.mode === 'shadow' || limit === undefined || window === undefined) return
  const sameCounting = (r: WrittenRule): string =>
    JSON.stringify([
      r.kind,
      r.match,
      perOf(r).toSorted(),
      measureOf(r),
      r.currency ?? '',
      r.count_unit ?? '',
      r.include_fee ?? false,
    ])
  for (const wider of rules) {
    if (wider.mode === 'shadow' || wider.limit === undefined || wider.window === undefined) continue
    if (sameCounting(rule) !== sameCounting(wider) || spanMs(wider.window) <= spanMs(window)) continue
    if (compareDecimals(limit, wider.limit) > 0)
      report(
        'limit',
        `is larger than that of ${wider.id}, whose window is longer, so that this rule never says no`,
        'at most its limit',
      )
  }
}

function isAmount(limit: string, decimals: number): boolean {
  try {
    parseAmount(limit, decimals)
    return true
  } catch (error) {
    if (error instanceof ChainsFault) return false
    throw error
  }
}

/** Decimal strings of the rules file, which have at most 30 decimals, compared exactly. */
function compareDecimals(a: string, b: string): number {
  const scaled = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.split('.')
    return BigInt(whole + fraction.padEnd(30, '0'))
  }
  return scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0
}
