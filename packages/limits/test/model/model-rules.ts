import { formatAmount } from '@callback-quorum/chains'
import { assetOf } from '../payments.ts'
import type { WrittenFile } from '../written-rules.ts'

// The rules of every history. They are tight: of the payments that are asked about, about half is refused.

const HOUR_MS = 3_600_000
export const ASSET = 'USDT-ETHEREUM'

/** Atomic units, or payments. */
export const LIMITS = { tx: 5n, rolling: 6n, day: 5n, count: 2n, ever: 14n } as const
export type CountingRule = Exclude<keyof typeof LIMITS, 'tx'>

export const ROLLING_MS = 6 * HOUR_MS
export const COUNT_MS = 2 * HOUR_MS
/** Milliseconds of a rolling window, and what is none. */
export const WINDOWS: Readonly<Record<CountingRule, number | 'utc-day' | 'lifetime'>> = {
  rolling: ROLLING_MS,
  day: 'utc-day',
  count: COUNT_MS,
  ever: 'lifetime',
}

const amount = (atomic: bigint): string => formatAmount(atomic, assetOf(ASSET).decimals)

/** A history has callers and wallets of its own, so that all of them share these rules and no counter. */
export const RULES_FILE: WrittenFile = {
  rules: [
    { id: 'tx', window: 'tx', limit: amount(LIMITS.tx) },
    { id: 'rolling', per: ['wallet', 'asset'], window: { rolling: '6h' }, limit: amount(LIMITS.rolling) },
    {
      id: 'day',
      per: ['wallet', 'destination', 'asset'],
      window: { calendar: 'day', tz: 'UTC' },
      limit: amount(LIMITS.day),
    },
    { id: 'count', measure: 'count', per: ['wallet'], window: { rolling: '2h' }, limit: LIMITS.count.toString() },
    { id: 'ever', per: ['caller', 'asset'], window: 'lifetime', limit: amount(LIMITS.ever) },
  ],
}
