import { tryDay } from '../read-day.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `08/10/2026` or `08-Oct-2026`, as the UK list writes days, as YYYY-MM-DD; undefined for anything else. */
export function ukDay(text: string): string | undefined {
  const [, day = '', month = '', year = ''] = /^(\d\d)[/-](\d\d|[A-Z][a-z]{2})[/-](\d{4})$/.exec(text) ?? []
  const number = MONTHS.includes(month) ? String(MONTHS.indexOf(month) + 1).padStart(2, '0') : month
  return tryDay(`${year}-${number}-${day}`)
}
