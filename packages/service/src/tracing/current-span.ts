import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanAttributes } from './tracer.ts'

/** `call`: another service is asked, and goes on with the same trace. */
export type SpanRole = 'part' | 'call'

/** An open span as the code below it sees it. */
export interface OpenSpan {
  readonly traceId: string
  readonly spanId: string
  /** Spans of a request that is not sampled are never opened; its ids are still handed on. */
  readonly isSampled: boolean
  readonly isEnded: boolean
  open(name: string, attributes: SpanAttributes, role: SpanRole): OpenSpan
  set(attributes: SpanAttributes): void
  end(failure?: { readonly error: unknown }): void
}

const SPANS = new AsyncLocalStorage<OpenSpan>()

export const runIn = <T>(span: OpenSpan, work: () => T): T => SPANS.run(span, work)

/**
 * Runs `run` as a span below the current one, which ends with it, however it ends. Outside of a sampled request it is `run()` alone.
 * What runs side by side keeps its spans apart; a span may outlive the one above it, as a shadow checker's does.
 */
export function inSpan<T>(
  name: string,
  attributes: SpanAttributes,
  run: () => Promise<T>,
  role: SpanRole = 'part',
): Promise<T> {
  const span = openBelow(name, attributes, role)
  return span === undefined ? run() : SPANS.run(span, () => endAfter(span, run))
}

async function endAfter<T>(span: OpenSpan, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run()
    quietly(() => span.end())
    return result
  } catch (error) {
    quietly(() => span.end({ error }))
    throw error
  }
}

/** The same for work that waits for nothing. */
export function inSpanSync<T>(name: string, attributes: SpanAttributes, run: () => T): T {
  const span = openBelow(name, attributes, 'part')
  if (span === undefined) return run()
  try {
    const result = SPANS.run(span, run)
    quietly(() => span.end())
    return result
  } catch (error) {
    quietly(() => span.end({ error }))
    throw error
  }
}

/** Says more of the current span; nothing where there is none. */
export function annotate(attributes: SpanAttributes): void {
  const span = SPANS.getStore()
  if (span?.isSampled === true) quietly(() => span.set(attributes))
}

/** The trace that the running code belongs to; undefined where none is kept of it, and in what outlived its span. */
export function currentTraceId(): string | undefined {
  const span = SPANS.getStore()
  return span?.isSampled === true && !span.isEnded ? span.traceId : undefined
}

/** The header that lets the next service's spans stand below the current one; empty without tracing. */
export function traceHeaders(): Readonly<Record<'traceparent', string>> | Readonly<Record<string, never>> {
  const span = SPANS.getStore()
  if (span === undefined) return {}
  return { traceparent: `00-${span.traceId}-${span.spanId}-${span.isSampled ? '01' : '00'}` }
}

function openBelow(name: string, attributes: SpanAttributes, role: SpanRole): OpenSpan | undefined {
  const parent = SPANS.getStore()
  return parent?.isSampled === true ? quietly(() => parent.open(name, attributes, role)) : undefined
}

/** A fault of the tracing library is no reason to fail a decision. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
