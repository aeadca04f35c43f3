import type { CommonConfig } from './common-config.ts'
import { isLoopbackHost } from './listen-address.ts'
import type { Problem } from './problem.ts'

/** Traces name requests and what became of them: beyond this machine they go over TLS, or somebody says that they need not. */
export function checkTracingRules({ tracing }: Pick<CommonConfig, 'tracing'>): readonly Problem[] {
  if (tracing === undefined) return []
  const { protocol, hostname } = new URL(tracing.otlp)
  const isBeyond = !isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'))
  const problems: Problem[] = []
  const add = (member: string, problem: string, expected: string, example?: string): void => {
    problems.push({ path: ['tracing', member], problem, expected, ...(example === undefined ? {} : { example }) })
  }
  if (protocol === 'https:') {
    if (tracing.plaintext !== undefined) add('plaintext', 'stands beside an https URL', 'one of the two')
    return problems
  }
  if (tracing.tls !== undefined) add('tls', 'stands beside an http URL', 'an https URL, or this line left out')
  if (!isBeyond) return problems
  if (tracing.plaintext === undefined) {
    const example = 'https://collector.internal:4318/v1/traces'
    add('otlp', 'is beyond this machine without TLS', 'an https URL, or plaintext: acknowledged', example)
  }
  if (tracing.bearer !== undefined)
    add('bearer', 'would be sent beyond this machine without TLS', 'an https URL, or this line left out')
  return problems
}
