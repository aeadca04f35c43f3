/** Who stands above a request in another process, as W3C Trace Context says it. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
}

/** W3C Trace Context section 3.2.2: version 00 has exactly these four fields. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const NO_ID = /^0+$/
const SAMPLED = 0x01

/** Undefined for anything but one well-formed header of version 00: of later versions nobody knows what their fields promise. */
export function readTraceParent(header: string | undefined): TraceParent | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (NO_ID.test(traceId) || NO_ID.test(spanId)) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED }
}
