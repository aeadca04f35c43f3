import type { HttpSourceConfig } from './prices-config.ts'

type InstantFormat = HttpSourceConfig['map']['observed_at_format']

/** RFC 3339 section 5.6, without lower case and leap seconds. */
const ISO = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
/** Up to the year 5138, which tells seconds from milliseconds: taken for seconds, today's milliseconds are refused. */
const UNIX_S = /^(\d{1,11})(?:\.(\d{1,9}))?$/
/** From 2001 on: taken for milliseconds, today's seconds are refused. */
const UNIX_MS = /^(\d{13,14})$/

/** Unix milliseconds, fractions cut off; undefined for what is no instant of that format. Days that are in no calendar are refused. */
export function readInstant(format: InstantFormat, text: string): number | undefined {
  switch (format) {
    case 'iso': {
      const [, day] = ISO.exec(text) ?? []
      // Date.parse turns 2026-02-30 into March: only a day that comes back unchanged is one.
      const isDay = day !== undefined && isCalendarDay(day)
      return isDay ? Date.parse(text) : undefined
    }
    case 'unix_s': {
      const [, seconds, fraction = ''] = UNIX_S.exec(text) ?? []
      return seconds === undefined ? undefined : Number(seconds + fraction.slice(0, 3).padEnd(3, '0'))
    }
    case 'unix_ms':
      return UNIX_MS.test(text) ? Number(text) : undefined
  }
}

function isCalendarDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}
