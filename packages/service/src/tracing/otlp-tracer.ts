import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type SpanContext } from '@opentelemetry/api'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, RandomIdGenerator, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Counter } from 'prom-client'
import type { Logger } from '../log.ts'
import { quietly, runIn, type OpenSpan } from './current-span.ts'
import type { PostOtlp } from './otlp-post.ts'
import { OtlpSpan, written, type SpanClock } from './otlp-span.ts'
import { createSamplingBudget } from './sampling-budget.ts'
import { SpanQueue } from './span-queue.ts'
import { readTraceParent, type TraceParent } from './trace-parent.ts'
import { UNTRACED, type RequestTrace, type TracedRequest, type Tracer } from './tracer.ts'

export interface OtlpTracerOptions {
  readonly serviceName: string
  /** Share of the requests that are traced, 0 to 1. */
  readonly ratio: number
  /** Whether a verified request's own `traceparent` is looked at. */
  readonly acceptsParent: boolean
  readonly post: PostOtlp
  readonly exports: Counter<'result'>
  readonly log: Logger
}

const SCOPE = 'callback-quorum'

/** Loaded by `openTracer` alone, together with OpenTelemetry. Nothing global of it is set: several services may share a process. */
export function createOtlpTracer(o: OtlpTracerOptions): Tracer {
  const ids = new RandomIdGenerator()
  const isWanted = createSamplingBudget(o.ratio)
  const queue = new SpanQueue<ReadableSpan>({
    send: (batch, signal) => o.post(serialized(batch), signal),
    exports: o.exports,
    log: o.log,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': o.serviceName }),
    // What is not sampled does not come here.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => queue.add(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  })
  const tracer = provider.getTracer(SCOPE)

  /**
   * Who asks cannot be told apart here: a checker hears the gateway, or the node itself, with the same token. So a parent is looked at
   * only in requests whose token was verified, and what it may choose is a trace's name and, within this service's own ratio, that it
   * is kept. It is given to no rule and stands in no record.
   */
  const begin = ({ attributes, startedMs, traceparent }: TracedRequest): RequestTrace => {
    const parent = o.acceptsParent ? readTraceParent(traceparent) : undefined
    const isAllowed = isWanted(parent?.isSampled === true)
    const isSampled = parent === undefined ? Math.random() < o.ratio : isAllowed
    if (!isSampled) return untold(parent ?? { traceId: ids.generateTraceId(), spanId: ids.generateSpanId() })
    const above = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent))
    const clock: SpanClock = { offsetMs: Date.now() - performance.now() }
    const startTime = clock.offsetMs + startedMs
    const options = { attributes: written(attributes), kind: SpanKind.SERVER, startTime }
    return toldBy(new OtlpSpan(tracer, clock, tracer.startSpan('request', options, above)))
  }
  return {
    begin(request) {
      try {
        return begin(request)
      } catch (err) {
        o.log.error({ err }, 'a request could not be traced')
        return UNTRACED
      }
    },
    stop: () => queue.stop(),
  }
}

const remote = ({ traceId, spanId }: TraceParent): SpanContext => ({
  traceId,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
})

const toldBy = (span: OtlpSpan): RequestTrace => ({
  run: (work) => runIn(span, work),
  past: (name, startedMs, endedMs) => {
    quietly(() => span.past(name, startedMs, endedMs))
  },
  end: (attributes) => {
    quietly(() => span.set(attributes))
    quietly(() => span.end())
  },
})

/** Not sampled: only its ids go on, so that whoever is asked does not begin a trace of its own. */
function untold({ traceId, spanId }: Omit<TraceParent, 'isSampled'>): RequestTrace {
  const span: OpenSpan = {
    traceId,
    spanId,
    isSampled: false,
    isEnded: false,
    open: () => span,
    set: () => undefined,
    end: () => undefined,
  }
  return { ...UNTRACED, run: (work) => runIn(span, work) }
}

function serialized(batch: readonly ReadableSpan[]): Uint8Array {
  const body = JsonTraceSerializer.serializeRequest([...batch])
  if (body === undefined) throw new Error('the spans could not be written')
  return body
}
