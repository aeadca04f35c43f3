const MS_PER_MINUTE = 60_000

/** As PostgreSQL writes `timestamptz`, or RFC 3339 without its leap second; a time without a zone is no instant. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)$/

/** Unix microseconds, or undefined for what is no instant: a day that is in no calendar, an hour 24. */
export function readInstant(text: string): bigint | undefined {
  const [, day, time, fraction = '', sign, hours = '0', minutes = '0'] = TIMESTAMP.exec(text) ?? []
  if (day === undefined || time === undefined) return undefined
  const localMs = Date.parse(`${day}T${time}Z`)
  // Date.parse turns 30 February into March: only what comes back unchanged is a date.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(`${day}T${time}`)) return undefined
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE
  const ms = sign === '-' ? localMs + offsetMs : localMs - offsetMs
  return BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'))
}
