import { randomBytes } from 'node:crypto'

/** References of the demonstration's payout system: day, a few random digits, a number. Migration 0001 repeats it. */
export const REFERENCE_PATTERN = '^WD-[0-9]{8}-[0-9a-f]{6}-[0-9]{2,6}$'

const PATTERN = new RegExp(REFERENCE_PATTERN)

export const isReference = (text: string): boolean => PATTERN.test(text)

/** Makes references of one day that nobody else has: the number follows from the index. */
export function referencesOf(nowMs: number): (index: number) => string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')
  const random = randomBytes(3).toString('hex')
  return (index) => `WD-${day}-${random}-${String(index + 1).padStart(2, '0')}`
}
