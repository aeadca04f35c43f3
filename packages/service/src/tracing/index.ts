export { annotate, currentTraceId, inSpan, inSpanSync, traceHeaders } from './current-span.ts'
export { exemplarHistogram } from './exemplar-histogram.ts'
export { openTracer } from './open-tracer.ts'
export {
  NO_TRACER,
  UNTRACED,
  type RequestTrace,
  type SpanAttributes,
  type TracedRequest,
  type Tracer,
} from './tracer.ts'
