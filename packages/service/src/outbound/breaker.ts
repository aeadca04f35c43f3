import type { Clock } from '../clock.ts'

export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number
  readonly openMs: number
  readonly clock: Clock
}

/**
 * Stops asking a server that only fails. Open: nothing is asked. After `openMs` one question goes through; its answer closes it, its
 * failure opens it for as long again.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #failures = 0
  #openedAtMs: number | undefined
  #isProbing = false

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#openedAtMs !== undefined
  }

  /** Whether a question may be asked now. Who gets true must report `succeeded`, `failed` or `dropped`. */
  admit(): boolean {
    if (this.#openedAtMs === undefined) return true
    const waitedMs = this.#options.clock.nowMs() - this.#openedAtMs
    // A clock that was set back must not keep it open for longer than it says.
    if (this.#isProbing || (waitedMs >= 0 && waitedMs < this.#options.openMs)) return false
    this.#isProbing = true
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#openedAtMs = undefined
    this.#isProbing = false
  }

  failed(): void {
    this.#failures += 1
    if (this.#isProbing || this.#failures >= this.#options.failures) this.#openedAtMs = this.#options.clock.nowMs()
    this.#isProbing = false
  }

  /** The question was given up before the server could answer: it tells nothing. */
  dropped(): void {
    this.#isProbing = false
  }
}
