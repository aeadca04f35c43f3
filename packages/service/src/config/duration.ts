import { z } from 'zod'
import { expecting } from './expecting.ts'

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** Nine digits of hours are still an exact integer of milliseconds. */
const DURATION = /^(0|[1-9][0-9]{0,8})(ms|s|m|h)$/

const expected = expecting('a whole number with ms, s, m or h', '8s')

/** `500ms`, `8s`, `2m`, `24h`; the output is in milliseconds. */
export const duration = z
  .string({ error: expected })
  .regex(DURATION, { error: expected })
  .transform((text): number => {
    const [, digits, unit] = DURATION.exec(text) ?? []
    return Number(digits) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT]
  })

/** A duration within bounds, both in milliseconds and both allowed. */
export function durationBetween(minMs: number, maxMs: number, words: string) {
  return duration.refine((ms) => ms >= minMs && ms <= maxMs, { error: expecting(`a duration ${words}`) })
}
