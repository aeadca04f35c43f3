/** The database's time between two questions to it: its last answer, carried on by a clock that nobody can set. */
export class DatabaseTime {
  #nowMs: number | undefined
  #askedAtMs = 0

  /** `askedAtMs`: `performance.now()` before the question, so that what the answer took makes it later and never earlier. */
  note(now: Date, askedAtMs: number): void {
    this.#nowMs = now.getTime()
    this.#askedAtMs = askedAtMs
  }

  /** Unix milliseconds. Throws when the database was never asked: no other clock stands in. */
  nowMs(): number {
    if (this.#nowMs === undefined) throw new Error('invariant: the database was not asked for the time yet')
    return this.#nowMs + (performance.now() - this.#askedAtMs)
  }
}
