import { Breaker, type BreakerOptions } from '@callback-quorum/service'
import type { ConnectorMetrics } from '../connector-metrics.ts'
import { HttpFault } from './http-fault.ts'

/** The breaker of one connector, and what is shown of it. */
export class LookUpBreaker {
  readonly #breaker: Breaker
  readonly #options: BreakerOptions
  readonly #gauge: ConnectorMetrics['breakerOpen']
  #openedAtMs = 0

  constructor(options: BreakerOptions, gauge: ConnectorMetrics['breakerOpen']) {
    this.#breaker = new Breaker(options)
    this.#options = options
    this.#gauge = gauge
    this.#show()
  }

  /**
   * Whether nothing may be asked now. Over when `openMs` are, and not only when an answer came: a checker that stayed unready until then
   * would be asked no more, and never find out.
   */
  get isClosedToAll(): boolean {
    const openForMs = this.#options.clock.nowMs() - this.#openedAtMs
    return this.#breaker.isOpen && openForMs >= 0 && openForMs < this.#options.openMs
  }

  /** Runs `work`, or throws HttpFault while only failures are to be expected. `caller` may give up before the server had its time. */
  async run<T>(caller: AbortSignal, deadline: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (!this.#breaker.admit())
      throw new HttpFault('not asked while it only fails', { kind: 'breaker', code: 'CONNECTOR_UNAVAILABLE' })
    try {
      const result = await work()
      this.#breaker.succeeded()
      return result
    } catch (error) {
      if (error instanceof HttpFault && error.code !== 'CONNECTOR_UNAVAILABLE') this.#breaker.succeeded()
      else if (isOfServer(error, deadline) && (deadline.aborted || !caller.aborted)) this.#failed()
      else this.#breaker.dropped()
      throw error
    } finally {
      this.#show()
    }
  }

  #failed(): void {
    this.#breaker.failed()
    if (this.#breaker.isOpen) this.#openedAtMs = this.#options.clock.nowMs()
  }

  #show(): void {
    this.#gauge.set({ connector: 'http' }, this.#breaker.isOpen ? 1 : 0)
  }
}

/** What lies with our own files, or with the name service, says nothing about the server. */
const isOfServer = (error: unknown, deadline: AbortSignal): boolean =>
  deadline.aborted || (error instanceof HttpFault && error.kind !== 'auth' && error.kind !== 'address')
