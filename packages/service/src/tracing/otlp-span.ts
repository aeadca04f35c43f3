import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import type { OpenSpan, SpanRole } from './current-span.ts'
import type { SpanAttributes } from './tracer.ts'

/** What turns `performance.now()` into the time of day: one offset for all spans of a request, so that they fit into one another. */
export interface SpanClock {
  readonly offsetMs: number
}

/** Codes of our own faults and of the system's; a message may quote anything. */
const CODE = /^[A-Z][A-Z0-9_]{0,127}$/

/** A sampled span. */
export class OtlpSpan implements OpenSpan {
  readonly isSampled = true
  readonly #tracer: Tracer
  readonly #clock: SpanClock
  readonly #span: Span

  constructor(tracer: Tracer, clock: SpanClock, span: Span) {
    this.#tracer = tracer
    this.#clock = clock
    this.#span = span
  }

  get traceId(): string {
    return this.#span.spanContext().traceId
  }

  get spanId(): string {
    return this.#span.spanContext().spanId
  }

  get isEnded(): boolean {
    return !this.#span.isRecording()
  }

  open(name: string, attributes: SpanAttributes, role: SpanRole): OtlpSpan {
    return this.#openAt(name, attributes, role, performance.now())
  }

  past(name: string, startedMs: number, endedMs: number): void {
    this.#openAt(name, {}, 'part', startedMs).#endAt(endedMs)
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(written(attributes))
  }

  end(failure?: { readonly error: unknown }): void {
    if (failure !== undefined) {
      this.#span.setAttributes({ error: codeOf(failure.error) })
      this.#span.setStatus({ code: SpanStatusCode.ERROR })
    }
    this.#endAt(performance.now())
  }

  #openAt(name: string, attributes: SpanAttributes, role: SpanRole, startedMs: number): OtlpSpan {
    const options = {
      attributes: written(attributes),
      kind: role === 'call' ? SpanKind.CLIENT : SpanKind.INTERNAL,
      startTime: this.#clock.offsetMs + startedMs,
    }
    const span = this.#tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, this.#span))
    return new OtlpSpan(this.#tracer, this.#clock, span)
  }

  #endAt(endedMs: number): void {
    // A second end would only be told to OpenTelemetry's own log.
    if (!this.isEnded) this.#span.end(this.#clock.offsetMs + endedMs)
  }
}

export const written = (attributes: SpanAttributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, Array.isArray(value) ? [...(value as string[])] : value]),
  )

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && CODE.test(code) ? code : 'unknown'
}
