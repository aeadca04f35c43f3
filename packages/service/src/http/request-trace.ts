import type { RequestTrace, Tracer } from '../tracing/index.ts'
import type { VerifiedCallback } from './answer.ts'
import type { Exchange } from './exchange.ts'

/** A request id comes from outside; a span holds this much of it, as a log line does. */
const REQUEST_ID_LENGTH_MAX = 64

/** Begins the trace of a request that was just verified. Its id is what an operator searches by; nothing else in it names anybody. */
export function beginTrace(exchange: Exchange, callback: VerifiedCallback, tracer: Tracer): RequestTrace {
  const trace = tracer.begin({
    attributes: {
      platform: exchange.route.platform,
      // Of a wrap: that in which it was asked, not that in which it came.
      dialect: callback.dialect,
      kind: callback.kind,
      request_id: callback.requestId.slice(0, REQUEST_ID_LENGTH_MAX),
    },
    startedMs: exchange.startedMs,
    traceparent: exchange.traceparent,
  })
  trace.past('verify', exchange.readMs, performance.now())
  return trace
}
