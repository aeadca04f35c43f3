import { expect } from 'vitest'
import type { OtlpReceiver, ReceivedSpan } from '../otlp-receiver.ts'

/** Spans come when they ended and a batch is due, each service by itself. */
const ARRIVED_WITHIN_MS = 15_000

/** The trace of a gateway's request once it has this many spans of services' requests; `nth` when the same request came several times. */
export async function traceOf(
  receiver: OtlpReceiver,
  requestId: string,
  { requests, nth = 0 }: { readonly requests: number; readonly nth?: number },
): Promise<readonly ReceivedSpan[]> {
  const find = (): readonly ReceivedSpan[] => {
    const roots = receiver.spans.filter(
      ({ service, name, attributes }) =>
        service === 'gateway' && name === 'request' && attributes['request_id'] === requestId,
    )
    const root = roots.toSorted((a, b) => (a.startNs < b.startNs ? -1 : 1))[nth]
    return receiver.spans.filter(({ traceId }) => traceId === root?.traceId)
  }
  await expect
    .poll(() => find().filter(({ name }) => name === 'request').length, { timeout: ARRIVED_WITHIN_MS })
    .toBe(requests)
  return find()
}

/**
 * The spans as an indented list, siblings by name: a span is written below the span that its parent id names, and those whose parent
 * is not there are missing. `words` are the attributes to be shown.
 */
export function treeOf(spans: readonly ReceivedSpan[], words: readonly string[] = ['outcome', 'cause']): string {
  const below = (parentSpanId: string, depth: number): readonly string[] =>
    spans
      .filter((span) => span.parentSpanId === parentSpanId)
      .toSorted((a, b) => `${a.service} ${a.name}`.localeCompare(`${b.service} ${b.name}`))
      .flatMap((span) => {
        const said = words.flatMap((word) => (word in span.attributes ? [String(span.attributes[word])] : []))
        const line = [span.name === 'request' ? `${span.service}: request` : span.name, ...said].join(' ')
        return [`${'  '.repeat(depth)}${line}`, ...below(span.spanId, depth + 1)]
      })
  return below('', 0).join('\n')
}
