import { setTimeout as delay } from 'node:timers/promises'
import { Breaker, type Clock, ConfigError, type Logger, Slots } from '@callback-quorum/service'
import type { Dispatcher } from 'undici'
import { AnswerFault } from './answers/answer-fault.ts'
import { AnswerCache } from './answer-cache.ts'
import { askVendor, VendorFault, type VendorHttpAnswer } from './ask-vendor.ts'
import { rawAnswer } from './raw-answer.ts'
import { readCredentials, type CredentialFiles } from './read-credentials.ts'
import type { AskedAddress, Credentials, Screening, VendorAnswer, VendorApi } from './vendor.ts'
import type { VendorMetrics } from './vendor-metrics.ts'
import type { VendorConfig } from './vendors-config.ts'

export interface GuardedVendorOptions {
  readonly config: VendorConfig
  readonly api: VendorApi
  readonly dispatcher: Dispatcher
  readonly files: CredentialFiles
  readonly clock: Clock
  readonly log: Logger
  readonly seconds: VendorMetrics['seconds']
}

export type AddressScreening = VendorAnswer & { readonly isCached: boolean }

/** Long enough for a connection that was just reset, short enough to leave the second try its time. */
const RETRY_PAUSE_MS = 100

/** One vendor with everything that keeps its troubles its own: cache, breaker, slots, retries, deadlines, metrics. */
export class GuardedVendor {
  readonly name: string
  readonly config: VendorConfig
  readonly #options: GuardedVendorOptions
  readonly #cache: AnswerCache
  readonly #breaker: Breaker
  readonly #slots: Slots
  #failure: string | undefined

  constructor(options: GuardedVendorOptions) {
    const { config, clock } = options
    this.name = config.name
    this.config = config
    this.#options = options
    this.#cache = new AnswerCache(config.cache, clock)
    this.#breaker = new Breaker({ failures: config.breaker.failures, openMs: config.breaker.open_for, clock })
    this.#slots = new Slots(config.concurrency)
  }

  get isBreakerOpen(): boolean {
    return this.#breaker.isOpen
  }

  get api(): VendorApi {
    return this.#options.api
  }

  /** Never rejects: whatever goes wrong is an `error`. */
  async screen(address: AskedAddress, signal: AbortSignal): Promise<AddressScreening> {
    // The chain and the family belong to it: what a vendor knows of a key can differ between them.
    const place = JSON.stringify([address.chain.id, address.chain.family, address.key, address.text])
    const cached = this.#cache.get(place)
    if (cached !== undefined) return { ...cached, isCached: true }
    try {
      const credentials = await readCredentials(this.#options.files)
      const answer = await this.#slots.run(signal, () => this.#ask(address, credentials, signal))
      this.#cache.put(place, answer)
      return { ...answer, isCached: false }
    } catch (error) {
      return { ...this.#noAnswer(this.#whyOf(error, signal)), isCached: false }
    }
  }

  #whyOf(error: unknown, signal: AbortSignal): string {
    if (signal.aborted) return 'there was no time left to ask'
    if (error instanceof ConfigError) this.#tell(error.message)
    else this.#options.log.error({ vendor: this.name, err: error }, 'a vendor could not be asked')
    return error instanceof ConfigError ? 'its credentials cannot be read' : 'an unexpected error'
  }

  /** In a slot, so that of many waiting questions only those are asked that a breaker still lets through. */
  async #ask(address: AskedAddress, credentials: Credentials, signal: AbortSignal): Promise<VendorAnswer> {
    if (!this.#breaker.admit()) return this.#noAnswer('it is not asked while it only fails')
    const stop = this.#options.seconds.startTimer({ vendor: this.name })
    const answer = await this.#tryAgain(address, credentials, signal).catch((error: unknown) => {
      this.#breaker.failed()
      throw error
    })
    const { screening } = answer
    if (screening.status !== 'error') this.#breaker.succeeded()
    else if (signal.aborted) this.#breaker.dropped()
    else this.#breaker.failed()
    stop({ outcome: outcomeOf(screening) })
    this.#tell(screening.status === 'error' ? screening.why : undefined)
    return answer
  }

  async #tryAgain(address: AskedAddress, credentials: Credentials, signal: AbortSignal): Promise<VendorAnswer> {
    for (let retriesLeft = this.config.retries; ; retriesLeft -= 1) {
      const answer = await this.#tryOnce(address, credentials, signal)
      const { screening } = answer
      if (screening.status !== 'error' || !screening.mayPass || retriesLeft === 0 || signal.aborted) return answer
      await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #tryOnce(address: AskedAddress, credentials: Credentials, signal: AbortSignal): Promise<VendorAnswer> {
    const { api, clock, dispatcher } = this.#options
    // Made for each try: a signature holds the time.
    const exchange = api.exchange(address, credentials, clock.nowMs())
    let http: VendorHttpAnswer | undefined
    try {
      const deadline = { signal, timeoutMs: this.config.timeout }
      http = await askVendor(dispatcher, exchange, this.config.url, deadline)
      return this.#answered(exchange.read(http), http, credentials)
    } catch (error) {
      if (signal.aborted) return this.#noAnswer('there was no time left for its answer')
      if (error instanceof VendorFault) return this.#noAnswer(error.message, error.mayPass)
      if (!(error instanceof AnswerFault) || http === undefined) throw error
      return this.#answered({ status: 'error', why: error.message, mayPass: false }, http, credentials)
    }
  }

  #answered(screening: Screening, { body }: VendorHttpAnswer, credentials: Credentials): VendorAnswer {
    return { screening, raw: rawAnswer(body, credentials), answeredAtMs: this.#options.clock.nowMs() }
  }

  #noAnswer(why: string, mayPass = false): VendorAnswer {
    return { screening: { status: 'error', why, mayPass }, raw: '', answeredAtMs: this.#options.clock.nowMs() }
  }

  /** A failure is told once and not at every question; so is its end. */
  #tell(failure: string | undefined): void {
    if (failure === this.#failure) return
    this.#failure = failure
    const { log } = this.#options
    if (failure === undefined) log.info({ vendor: this.name }, 'the vendor answers again')
    else log.warn({ vendor: this.name, reason: failure }, 'the vendor gives no usable answer')
  }
}

function outcomeOf(screening: Screening): 'approved' | 'rejected' | 'failed' {
  if (screening.status !== 'ok') return 'failed'
  return screening.findings.some(({ effect }) => effect === 'reject') ? 'rejected' : 'approved'
}
