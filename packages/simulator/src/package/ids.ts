import { createHash, randomInt } from 'node:crypto'

/** Ids of one package: the same seed gives the same ids, another label another id. */
export interface Ids {
  uuid(label: string): string
  hex(label: string, length: number): string
  /** Decimal digits after a UTC date and time, the shape of `cobo_id` and `task_id`. */
  dated(label: string, atMs: number): string
  bytes(label: string): Buffer
}

const SEED_RANGE = 2 ** 47

/** Without a seed every package has ids of its own. */
export function createIds(seed: number = randomInt(SEED_RANGE)): Ids {
  const bytes = (label: string): Buffer =>
    createHash('sha256')
      .update(`${String(seed)}:${label}`)
      .digest()
  const hex = (label: string, length: number): string => bytes(label).toString('hex').slice(0, length)
  return {
    bytes,
    hex,
    uuid(label) {
      const h = hex(label, 32)
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`
    },
    dated(label, atMs) {
      const stamp = new Date(atMs).toISOString().replace(/\D/g, '').slice(0, 14)
      const tail = BigInt(`0x${hex(label, 14)}`)
        .toString()
        .padStart(18, '0')
        .slice(-18)
      return `${stamp}${tail}`
    },
  }
}
