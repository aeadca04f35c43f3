import type { Scrape } from './scrape.ts'
import type { Series } from './series.ts'

const MINUTE_MS = 60_000
/** As many bars as a sparkline shows. */
const SCRAPES_MIN = 33

/** What one service answered lately, so that "in the last minute" can be told. */
export class History {
  readonly #scrapes: Scrape[] = []

  add(scrape: Scrape): void {
    this.#scrapes.push(scrape)
    // One that is older than a minute stays: what happened since it is what happened in the last minute.
    while (this.#scrapes.length > SCRAPES_MIN && (this.#scrapes[1]?.atMs ?? scrape.atMs) < scrape.atMs - MINUTE_MS)
      this.#scrapes.shift()
  }

  /** The answer before the last one; undefined while there is none. */
  previous(): Series | undefined {
    return seriesIn(this.#scrapes.at(-2))
  }

  /** The answer of a minute ago, or the oldest of less; undefined while there is only one. */
  minuteAgo(): Series | undefined {
    const last = this.#scrapes.at(-1)
    const earlier = this.#scrapes.slice(0, -1)
    const old = earlier.findLast(({ atMs }) => atMs <= (last?.atMs ?? 0) - MINUTE_MS)
    return seriesIn(old) ?? earlier.map(seriesIn).find((series) => series !== undefined)
  }

  /** Answers that follow one another, for what grew from one to the next; the oldest first. */
  pairs(): readonly (readonly [before: Series, after: Series])[] {
    return this.#scrapes.slice(1).flatMap((scrape, index) => {
      const [before, after] = [seriesIn(this.#scrapes[index]), seriesIn(scrape)]
      return before === undefined || after === undefined ? [] : [[before, after] as const]
    })
  }
}

const seriesIn = (scrape: Scrape | undefined): Series | undefined => (scrape?.isUp === true ? scrape.series : undefined)
