import { Counter, type Registry } from 'prom-client'

export type SpanResult = 'exported' | 'failed' | 'dropped'

/** Counts spans by what became of them; declared only where tracing is configured. */
export function createTraceExports(registry: Registry): Counter<'result'> {
  const exports = new Counter({
    name: 'callback_quorum_trace_exports_total',
    help: 'Spans by what became of them: exported, failed (the collector did not take them), dropped (too many were waiting)',
    labelNames: ['result'] as const,
    registers: [registry],
  })
  for (const result of ['exported', 'failed', 'dropped'] satisfies SpanResult[]) exports.inc({ result }, 0)
  return exports
}
