import { duration, expecting } from '@callback-quorum/service'
import { z } from 'zod'

const HOUR_MS = 3_600_000
/** A window longer than this is no velocity limit any more, and keeps every entry alive. */
const SPAN_MS_MAX = 366 * 24 * HOUR_MS

/** What a rule's counters count, in the words that the database functions read (migrations/0003-decide.sql, limits_leaves_out). */
export type Window =
  | { readonly kind: 'tx' | 'lifetime' | 'outstanding' }
  | { readonly kind: 'rolling'; readonly span_ms: number }
  | {
      readonly kind: 'calendar'
      readonly unit: 'day' | 'week' | 'month'
      readonly zone: string
      readonly week_start: 'monday' | 'sunday'
    }

export const isTimeZone = (zone: string): boolean => {
  try {
    // An offset such as +02:00 is accepted too, and knows no summer time: names only.
    return /^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const timeZone = z
  .string({ error: expecting('the name of a time zone', 'Europe/Berlin') })
  .refine(isTimeZone, { error: expecting('the name of a time zone', 'Europe/Berlin') })

/** `tx`, `lifetime`, `{ rolling: 24h }`, `{ calendar: day, tz: Europe/Berlin }`. */
export const windowSchema = z
  .union(
    [
      z.enum(['tx', 'lifetime']),
      z.strictObject({ rolling: duration.refine((ms) => ms >= 1_000 && ms <= SPAN_MS_MAX) }),
      z.strictObject({
        calendar: z.enum(['day', 'week', 'month']),
        tz: timeZone.default('UTC'),
        week_start: z.enum(['monday', 'sunday']).default('monday'),
      }),
    ],
    { error: expecting('tx, lifetime, { rolling: 24h } of 1 s to 366 days, or { calendar: day, tz: Europe/Berlin }') },
  )
  .transform((written): Window => {
    if (typeof written === 'string') return { kind: written }
    if ('rolling' in written) return { kind: 'rolling', span_ms: written.rolling }
    return { kind: 'calendar', unit: written.calendar, zone: written.tz, week_start: written.week_start }
  })

/** The longest that something can count in a window, for comparing windows; the present moment alone is 0. */
export function spanMs(window: Window): number {
  switch (window.kind) {
    case 'tx':
      return 0
    case 'rolling':
      return window.span_ms
    case 'calendar':
      // The hour more is the day on which clocks go back.
      return { day: 24, week: 7 * 24, month: 31 * 24 }[window.unit] * HOUR_MS + HOUR_MS
    default:
      return Number.POSITIVE_INFINITY
  }
}
