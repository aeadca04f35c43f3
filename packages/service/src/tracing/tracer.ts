/** What a span says of its work. Never an address, an amount, a token or a reference: a collector is read by more people than a record. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** Makes one trace of each request. Nothing in it delays or fails the work that it describes. */
export interface Tracer {
  /** Begins the span of a verified request; to be ended by whoever began it. */
  begin(request: TracedRequest): RequestTrace
  /** Hands over what is waiting, for a short while at most, and takes no more. */
  stop(): Promise<void>
}

export interface TracedRequest {
  readonly attributes: SpanAttributes
  /** `performance.now()` when its headers were there. */
  readonly startedMs: number
  /** The header of this name as it came, to be believed or not. */
  readonly traceparent: string | undefined
}

export interface RequestTrace {
  /** Runs `work` inside the request's span: what it opens with `inSpan` stands below. */
  run<T>(work: () => T): T
  /** A part of the request that is over, in milliseconds of `performance.now()`. */
  past(name: string, startedMs: number, endedMs: number): void
  /** Only the first call counts. */
  end(attributes: SpanAttributes): void
}

export const UNTRACED: RequestTrace = {
  run: (work) => work(),
  past: () => undefined,
  end: () => undefined,
}

/** Without the block `tracing`: nothing is loaded and nothing is remembered. */
export const NO_TRACER: Tracer = { begin: () => UNTRACED, stop: () => Promise.resolve() }
