import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError, type Clock, type Logger } from '@callback-quorum/service'
import type { PriceMetrics } from './price-metrics.ts'
import type { QuoteReader } from './quote-reader.ts'
import type { Quote } from './quote.ts'
import { SOURCE_FAILURES, SourceFault } from './source-fault.ts'

export interface PolledSourceOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly fetches: PriceMetrics['fetches']
}

interface Failure {
  readonly failure: SourceFault['failure'] | 'unexpected'
  readonly message: string
}

/** The last good answer of one source, asked for again and again. A failure changes nothing: the quotes stay, and age. */
export class PolledSource {
  readonly name: string
  readonly #reader: QuoteReader
  readonly #options: PolledSourceOptions
  readonly #stopping = new AbortController()
  #quotes: ReadonlyMap<string, Quote> = new Map()
  #readAtMs = Number.NEGATIVE_INFINITY
  #failure: string | undefined
  #polling: Promise<void> = Promise.resolve()

  constructor(reader: QuoteReader, options: PolledSourceOptions) {
    this.name = reader.name
    this.#reader = reader
    this.#options = options
    for (const outcome of ['ok', ...SOURCE_FAILURES, 'unexpected'])
      options.fetches.inc({ source: this.name, outcome }, 0)
  }

  /** Resolves after the first fetch, good or not. */
  async start(): Promise<void> {
    await this.#refresh()
    this.#polling = this.#poll()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#polling
    await this.#reader.close?.()
  }

  quote(assetId: string, currency: string): Quote | undefined {
    return this.#quotes.get(keyOf(assetId, currency))
  }

  knows(assetId: string, currency: string): boolean {
    return this.#reader.isMapped?.(assetId, currency) ?? this.#quotes.has(keyOf(assetId, currency))
  }

  /** Time since the last good fetch by the clock of this process. */
  ageMs(): number {
    return this.#options.clock.nowMs() - this.#readAtMs
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping
    for (;;) {
      // The next fetch is due after the last one ended: a slow source is never asked twice at once.
      await delay(this.#reader.everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      await this.#refresh()
    }
  }

  async #refresh(): Promise<void> {
    const { clock, fetches, log } = this.#options
    try {
      const quotes = await this.#reader.read(this.#stopping.signal)
      this.#quotes = new Map(quotes.map((quote) => [keyOf(quote.assetId, quote.currency), quote]))
      this.#readAtMs = clock.nowMs()
      fetches.inc({ source: this.name, outcome: 'ok' })
      this.#tell(undefined)
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      const failure = failureOf(error)
      // Neither the source nor its file is to blame: told every time, and the other sources go on.
      if (failure.failure === 'unexpected') log.error({ source: this.name, err: error }, 'a price source was not read')
      fetches.inc({ source: this.name, outcome: failure.failure })
      this.#tell(failure)
    }
  }

  /** A failure is told once and not at every fetch; so is its end. */
  #tell(failure: Failure | undefined): void {
    if (failure?.message === this.#failure) return
    this.#failure = failure?.message
    const { log } = this.#options
    if (failure === undefined) log.info({ source: this.name }, 'the price source answers again')
    else log.warn({ source: this.name, cause: failure.failure, reason: failure.message }, 'the price source failed')
  }
}

const keyOf = (assetId: string, currency: string): string => `${assetId} ${currency}`

function failureOf(error: unknown): Failure {
  if (error instanceof SourceFault) return error
  if (error instanceof ConfigError) return { failure: 'malformed', message: error.message }
  return { failure: 'unexpected', message: 'unexpected error' }
}
