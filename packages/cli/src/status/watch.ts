import { systemClock } from '@callback-quorum/service'
import { History } from './history.ts'
import { servicePicture, type Picture } from './picture.ts'
import { scrape } from './scrape.ts'
import type { Source } from './sources.ts'

/** Asks all services again and again, and remembers what they said. */
export interface Watch {
  /** Asks all of them now. Rejects only when the signal fires. */
  look(signal: AbortSignal): Promise<Picture>
}

export function watchServices(sources: readonly Source[], intervalMs: number | undefined): Watch {
  const histories = new Map(sources.map((source) => [source, new History()]))
  return {
    async look(signal) {
      const services = await Promise.all(
        [...histories].map(async ([{ url, name }, history]) => {
          const scraped = await scrape(url, systemClock.nowMs(), signal)
          history.add(scraped)
          return servicePicture(scraped, name, history)
        }),
      )
      return {
        at: new Date(systemClock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
        interval_seconds: intervalMs === undefined ? null : intervalMs / 1_000,
        ready: services.filter(({ ready }) => ready).length,
        services,
      }
    },
  }
}
