import type { Clock } from '@callback-quorum/service'
import type { VendorAnswer } from './vendor.ts'

/** An answer is kept with its bounded raw text, some 4 kB: this is 20 MB a vendor at most. */
const ENTRIES_MAX = 5_000

/**
 * The `ok` answers of one vendor under one configuration, for `keepMs` from when they came; nothing else is ever kept. It lives in the
 * process, so another policy starts with an empty one.
 */
export class AnswerCache {
  readonly #answers = new Map<string, VendorAnswer>()
  readonly #keepMs: number
  readonly #clock: Clock

  constructor(keepMs: number, clock: Clock) {
    this.#keepMs = keepMs
    this.#clock = clock
  }

  get(place: string): VendorAnswer | undefined {
    const answer = this.#answers.get(place)
    if (answer === undefined) return undefined
    const ageMs = this.#clock.nowMs() - answer.answeredAtMs
    if (ageMs >= 0 && ageMs < this.#keepMs) return answer
    this.#answers.delete(place)
    return undefined
  }

  put(place: string, answer: VendorAnswer): void {
    if (answer.screening.status !== 'ok' || this.#keepMs === 0) return
    // The oldest goes: a Map keeps the order in which its members came.
    this.#answers.delete(place)
    const [oldest] = this.#answers.keys()
    if (this.#answers.size >= ENTRIES_MAX && oldest !== undefined) this.#answers.delete(oldest)
    this.#answers.set(place, answer)
  }
}
