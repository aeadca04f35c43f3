/** Reports on blocked property and on rejected transactions: within 10 business days (31 CFR 501.603 and 501.604, OFAC FAQ 49). */
const BUSINESS_DAYS = 10

const SUNDAY = 0
const SATURDAY = 6

/**
 * The day (YYYY-MM-DD, UTC) by which a report of what was found at `foundAt` is due. Monday to Friday count; public holidays are not known
 * here and count too, so that the day is never too late.
 */
export function reportBy(foundAt: Date): string {
  const day = new Date(Date.UTC(foundAt.getUTCFullYear(), foundAt.getUTCMonth(), foundAt.getUTCDate()))
  for (let left = BUSINESS_DAYS; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1)
    if (day.getUTCDay() !== SATURDAY && day.getUTCDay() !== SUNDAY) left -= 1
  }
  return day.toISOString().slice(0, 10)
}
