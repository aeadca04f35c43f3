import { misbuilt } from './faults.ts'

/** A day that exists, as YYYY-MM-DD. Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`. */
export function readDay(text: string): string {
  const day = tryDay(text)
  if (day === undefined) throw misbuilt(`"${text.slice(0, 20)}" is not a date`)
  return day
}

/** As readDay, but undefined for what is no day. */
export function tryDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : undefined
}
