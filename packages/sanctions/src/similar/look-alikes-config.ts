import { durationBetween, expecting } from '@callback-quorum/service'
import { z } from 'zod'
import { END_MIN, LIKENESS_DEFAULT } from './resembles.ts'

const DAY_MS = 24 * 3_600_000

/** Who was not paid for a month is not in the history that people copy from. */
const RECENT_MS = 30 * DAY_MS
const RECENT_MS_MAX = 400 * DAY_MS

/** More than an attacker can forge at one end (8 characters of EVM are 4 * 10^9 keys), so more would switch the rule off unseen. */
const END_MAX = 8

const end = z.int().min(END_MIN).max(END_MAX)

/** The block `look_alikes`. Left out, it is the strict one. */
export const lookAlikesSchema = z
  .strictObject({
    /** `report` approves, counts and logs. */
    policy: z.enum(['reject', 'report'], { error: expecting('reject or report') }).default('reject'),
    /** Characters that agree at the beginning, at the end and together, at least, before an address resembles another. */
    prefix: end.default(LIKENESS_DEFAULT.prefix),
    suffix: end.default(LIKENESS_DEFAULT.suffix),
    total: z
      .int()
      .min(2 * END_MIN)
      .max(2 * END_MAX)
      .default(LIKENESS_DEFAULT.total),
    /** Compare with destinations that were approved for the same organisation within this time. */
    recent: z
      .union([z.literal('none'), durationBetween(3_600_000, RECENT_MS_MAX, 'of 1h to 9600h, or none')])
      .default(RECENT_MS),
    /** Compare with addresses.yaml, ours and allow-listed. */
    book: z.boolean().default(true),
  })
  .refine(({ book, recent }) => book || recent !== 'none', {
    error: expecting('book: true, or recent: a duration; with neither there is nothing to compare with'),
  })

export type LookAlikesConfig = z.output<typeof lookAlikesSchema>
