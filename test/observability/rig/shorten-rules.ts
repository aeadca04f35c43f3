import { parser } from '@prometheus-io/lezer-promql'
import { parse, stringify } from 'yaml'

/** A minute of the real rules is a second here, so that what takes an hour is seen within a test. */
export const SHORTER = 60
/** What is scraped every two seconds gives a rate a few samples. */
const WINDOW_SECONDS_MIN = 10
const DURATION_SECONDS_MIN = 1
/** What has to last for an hour lasts long enough to be no accident. */
const FOR_SECONDS_MAX = 10
/** One after the other, all groups are evaluated within a second many times over. */
const EVALUATED_EVERY = '1s'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

export interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface RuleGroup {
  readonly name: string
  readonly interval?: string
  readonly rules: readonly Rule[]
}

export interface RuleFile {
  readonly groups: readonly RuleGroup[]
}

export const parseRules = (text: string): RuleFile => parse(text) as RuleFile

/** The rule file with every duration divided by `shorter`; numbers, thresholds, names, labels and texts stay. */
export function shortenRules(text: string, shorter = SHORTER): string {
  const { groups, ...rest } = parseRules(text)
  return stringify(
    {
      ...rest,
      groups: groups.map((group) => ({
        ...group,
        interval: EVALUATED_EVERY,
        rules: group.rules.map((rule) => shortenRule(rule, shorter)),
      })),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
}

const shortenRule = (rule: Rule, shorter: number): Rule => ({
  ...rule,
  expr: shortenExpression(rule.expr, shorter),
  ...(rule.for !== undefined && { for: shortenFor(rule.for, shorter) }),
  ...(rule.keep_firing_for !== undefined && { keep_firing_for: shortenFor(rule.keep_firing_for, shorter) }),
})

/** Windows, subqueries and offsets of a PromQL expression, found by its grammar: what looks like one inside of a string stays. */
export function shortenExpression(expression: string, shorter = SHORTER): string {
  const found: { readonly from: number; readonly to: number; readonly text: string }[] = []
  parser.parse(expression).iterate({
    enter({ name, from, to, node }) {
      if (name !== 'NumberDurationLiteralInDurationContext') return
      const isWindow = node.parent?.parent?.name === 'MatrixSelector'
      const least = isWindow ? WINDOW_SECONDS_MIN : DURATION_SECONDS_MIN
      found.push({ from, to, text: shortenDuration(expression.slice(from, to), shorter, least) })
    },
  })
  let shortened = expression
  for (const { from, to, text } of found.reverse()) shortened = shortened.slice(0, from) + text + shortened.slice(to)
  return shortened
}

const shortenFor = (text: string, shorter: number): string =>
  shortenDuration(text, shorter, DURATION_SECONDS_MIN, FOR_SECONDS_MAX)

function shortenDuration(text: string, shorter: number, leastSeconds: number, mostSeconds = Infinity): string {
  const seconds = Math.ceil(durationMs(text) / 1_000 / shorter)
  return `${Math.min(mostSeconds, Math.max(leastSeconds, seconds))}s`
}

/** Milliseconds of a duration as Prometheus writes it, for instance `1h30m`. Throws RangeError for anything else. */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new RangeError(`not a duration of Prometheus: ${text}`)
  return parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? Number.NaN), 0)
}
