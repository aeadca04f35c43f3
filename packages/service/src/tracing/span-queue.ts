import { AsyncLocalStorage } from 'node:async_hooks'
import type { Counter } from 'prom-client'
import { within } from '../http/within.ts'
import type { Logger } from '../log.ts'
import type { SpanResult } from './trace-metrics.ts'

/** Some 400 requests; a span is about 2 kB, so that a collector that is down costs 8 MB. */
const SPANS_WAITING_MAX = 4_096
/** One body of about 300 kB; collectors take 4 MiB by default. */
const BATCH_SPANS_MAX = 512
const SEND_EVERY_MS = 1_000
/** A collector that takes longer is down; the next batch finds out. */
const SEND_TIMEOUT_MS = 5_000
/** Of the 10 s in which a process stops. */
const FLUSH_MS = 2_000
const WARN_EVERY_MS = 60_000

export interface SpanQueueOptions<S> {
  /** Rejects when the batch was not taken, at the latest when the signal fires. */
  readonly send: (batch: readonly S[], signal: AbortSignal) => Promise<void>
  readonly exports: Counter<'result'>
  readonly log: Logger
  readonly limits?: Partial<SpanQueueLimits>
}

interface SpanQueueLimits {
  readonly waitingMax: number
  readonly sendTimeoutMs: number
  readonly flushMs: number
}

/** Ended spans on their way to the collector: one batch at a time, and what does not fit into the queue is dropped and counted. */
export class SpanQueue<S> {
  readonly #o: SpanQueueOptions<S>
  readonly #limits: SpanQueueLimits
  readonly #stopping = new AbortController()
  // Sending belongs to no request, also when a request's span is what sets it off: its log lines must not carry that trace.
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #timer: NodeJS.Timeout
  #waiting: S[] = []
  #sending: Promise<void> | undefined
  #isStopped = false
  #warnedAtMs = Number.NEGATIVE_INFINITY
  #lostSinceWarning = 0

  constructor(options: SpanQueueOptions<S>) {
    this.#o = options
    this.#limits = {
      waitingMax: SPANS_WAITING_MAX,
      sendTimeoutMs: SEND_TIMEOUT_MS,
      flushMs: FLUSH_MS,
      ...options.limits,
    }
    this.#timer = setInterval(() => void this.#drain(), SEND_EVERY_MS).unref()
  }

  /** Never throws and never waits. */
  add(span: S): void {
    if (this.#isStopped || this.#waiting.length >= this.#limits.waitingMax) {
      this.#lose(1, 'dropped')
      return
    }
    this.#waiting.push(span)
    if (this.#waiting.length >= BATCH_SPANS_MAX) this.#outside(() => void this.#drain())
  }

  /** Sends what is waiting, within a deadline; what is then left is dropped, and no connection stays. Never rejects. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    clearInterval(this.#timer)
    await within(this.#limits.flushMs, this.#drain())
    this.#stopping.abort()
    await this.#sending
    // Nothing is sent any more: what is still there is counted.
    await this.#drain()
  }

  #drain(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_SPANS_MAX)
      if (this.#stopping.signal.aborted) this.#lose(batch.length, 'dropped')
      else await this.#sendBatch(batch)
    }
  }

  async #sendBatch(batch: readonly S[]): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#limits.sendTimeoutMs)])
    try {
      await this.#o.send(batch, signal)
      this.#o.exports.inc({ result: 'exported' satisfies SpanResult }, batch.length)
    } catch (error) {
      this.#lose(batch.length, 'failed', error)
    }
  }

  #lose(spans: number, result: SpanResult, err?: unknown): void {
    this.#o.exports.inc({ result }, spans)
    this.#lostSinceWarning += spans
    const nowMs = performance.now()
    if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return
    this.#outside(() =>
      this.#o.log.warn({ err, result, spans: this.#lostSinceWarning }, 'spans were lost; no decision depends on them'),
    )
    this.#warnedAtMs = nowMs
    this.#lostSinceWarning = 0
  }
}
