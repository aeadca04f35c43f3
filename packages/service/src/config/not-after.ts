import { z } from 'zod'
import { expecting } from './expecting.ts'

const MS_PER_DAY = 86_400_000

const expected = expecting('a day or an instant in UTC', '2026-12-31')

/**
 * The last moment a key is accepted, as Unix milliseconds. A day stands for its last millisecond in UTC, an instant
 * (`2026-12-31T12:00:00Z`) for itself. Days that are in no calendar are refused.
 */
export const notAfter = z.string({ error: expected }).transform((text, ctx): number => {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const ms = isDay || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse turns 2026-02-30 into March: only a text that comes back unchanged is a date.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.replace(/Z$/, ''))) {
    return isDay ? ms + MS_PER_DAY - 1 : ms
  }
  ctx.addIssue({ code: 'custom', input: text, message: expected({ code: 'custom', input: text }) })
  return z.NEVER
})
