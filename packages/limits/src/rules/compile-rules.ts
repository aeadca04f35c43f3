import { createHash } from 'node:crypto'
import { canonicalizeAddress, type AddressKey, type AssetRegistry } from '@callback-quorum/chains'
import type { Gate, Groups, Limit, Rules } from './rule.ts'
import { dayNumber, type Dimension, type Measure, type RulesFile, type WrittenRule } from './rules-schema.ts'
import type { Window } from './window.ts'

/** What a counter is by default: each wallet and asset by itself, or each wallet where assets can be added up. */
const PER_DEFAULT: Readonly<Record<Measure, readonly Dimension[]>> = {
  amount: ['wallet', 'asset'],
  value: ['wallet'],
  count: ['wallet'],
}

/** The rules of a file that was checked (lint-rules.ts). */
export function compileRules(file: RulesFile, digest: string, assets: AssetRegistry): Rules {
  const groups = groupsOf(file, assets)
  return {
    version: file.version,
    digest,
    letPass: file.let_pass,
    groups,
    limits: file.rules.flatMap((rule) => limitsOf(rule).map((limit) => ({ ...limit, shape: shapeOf(limit, file) }))),
    gates: file.rules.flatMap((rule) => gatesOf(rule, file)),
  }
}

function groupsOf(file: RulesFile, assets: AssetRegistry): Groups {
  const walletGroup = new Map<string, string>()
  for (const [group, wallets] of Object.entries(file.wallet_groups))
    for (const wallet of wallets) walletGroup.set(wallet, group)
  const destinationGroup = new Map<AddressKey, string>()
  for (const [group, members] of Object.entries(file.destination_groups))
    for (const { chain: id, address } of members) {
      const chain = assets.chain(id)
      if (chain !== undefined)
        destinationGroup.set(canonicalizeAddress(chain.family, chain.network, address).key, group)
    }
  return { walletGroup, destinationGroup }
}

type Shapeless = Omit<Limit, 'shape'>

/** Nothing that an amount is compared with, and everything else: members of groups too, since they say what is counted together. */
function shapeOf(
  { match, per, measure, currency, countUnit, includesFee, window }: Shapeless,
  file: RulesFile,
): string {
  const used = (name: string, dimension: Dimension): boolean => name !== '*' || per.includes(dimension)
  const groups = {
    ...(used(String(match.wallet_group), 'wallet-group') && { wallets: file.wallet_groups }),
    ...(used(String(match.destination_group), 'destination-group') && { destinations: file.destination_groups }),
  }
  const parts = [match, per.toSorted(), measure, currency ?? null, countUnit, includesFee, window, groups]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

export const measureOf = ({ measure = 'amount' }: WrittenRule): Measure => measure
export const perOf = (rule: WrittenRule): readonly Dimension[] => rule.per ?? PER_DEFAULT[measureOf(rule)]

function codeOf(measure: Measure, window: Window): Limit['code'] {
  if (window.kind === 'lifetime') return 'LIMIT_LIFETIME'
  if (measure === 'count') return 'LIMIT_COUNT'
  return window.kind === 'tx' ? 'LIMIT_TX' : 'LIMIT_WINDOW'
}

function limitsOf(rule: WrittenRule): readonly Shapeless[] {
  const measure = measureOf(rule)
  const common = {
    counterId: rule.id,
    ruleId: rule.id,
    isShadow: rule.mode === 'shadow',
    match: rule.match,
    per: perOf(rule),
    measure,
    ...(rule.currency !== undefined && { currency: rule.currency }),
    countUnit: rule.count_unit ?? ('transaction' as const),
    includesFee: rule.include_fee ?? false,
  }
  const { window = { kind: 'tx' } as const, limit = '0' } = rule
  switch (rule.kind) {
    case 'limit':
      return [{ ...common, window, limit, code: codeOf(measure, window) }]
    case 'outstanding':
      return [{ ...common, window: { kind: 'outstanding' }, limit, code: 'MAX_PENDING' }]
    case 'min-interval':
      // "At least so long between two" and "at most one within so long" are the same.
      return [
        {
          ...common,
          per: rule.per ?? ['wallet'],
          measure: 'count',
          window: { kind: 'rolling', span_ms: rule.interval ?? 0 },
          limit: '1',
          code: 'MIN_INTERVAL',
        },
      ]
    case 'new-destination':
      return probationOf(rule, common)
    case 'schedule':
      return []
    default:
      return rule.kind satisfies never
  }
}

function probationOf(
  rule: WrittenRule,
  common: Pick<Limit, 'ruleId' | 'isShadow' | 'match' | 'countUnit' | 'includesFee'>,
): readonly Shapeless[] {
  const { probation, cooldown = 0, unlisted = 'refuse' } = rule
  if (probation === undefined) return []
  const cap = (measure: Measure, limit: string | undefined, per: readonly Dimension[]): readonly Shapeless[] =>
    limit === undefined
      ? []
      : [
          {
            ...common,
            counterId: `${rule.id}.${measure}`,
            per,
            measure,
            ...(measure === 'value' && probation.currency !== undefined && { currency: probation.currency }),
            window: { kind: 'lifetime' },
            limit,
            code: 'DEST_NEW_CAP',
            newForMs: cooldown + probation.for,
            unlisted,
          },
        ]
  return [
    ...cap('count', probation.count, ['chain', 'destination', 'tag']),
    ...cap('amount', probation.amount, ['chain', 'asset', 'destination', 'tag']),
    ...cap('value', probation.value, ['chain', 'destination', 'tag']),
  ]
}

function gatesOf(rule: WrittenRule, file: RulesFile): readonly Gate[] {
  const common = { ruleId: rule.id, isShadow: rule.mode === 'shadow', match: rule.match }
  if (rule.kind === 'new-destination')
    return [{ ...common, gate: 'cooldown', cooldownMs: rule.cooldown ?? 0, unlisted: rule.unlisted ?? 'refuse' }]
  if (rule.kind !== 'schedule') return []
  const holidays = typeof rule.holidays === 'string' ? (file.holidays[rule.holidays] ?? []) : (rule.holidays ?? [])
  const open = (rule.open ?? []).map(({ days, from, to }) => ({ days: days.map(dayNumber), from, to }))
  return [{ ...common, gate: 'schedule', schedule: { zone: rule.tz ?? 'UTC', open, holidays } }]
}
