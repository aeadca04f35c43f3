import { Counter, Gauge, type Registry } from 'prom-client'
import type { Connector } from './connector.ts'

/** Why a try at the business system came to nothing. `address`: the host stands for an address outside `allow_addresses`. */
const ERROR_KINDS = ['timeout', 'transport', 'http_status', 'malformed', 'auth', 'breaker', 'address'] as const
export type ConnectorErrorKind = (typeof ERROR_KINDS)[number]

export interface ConnectorMetrics {
  /** `kind` is a ConnectorErrorKind. */
  readonly errors: Counter<'connector' | 'kind'>
  /** To be set whenever the breaker changes. */
  readonly breakerOpen: Gauge<'connector'>
}

/** What every connector measures, declared once; `connector` is the kind. Errors begin at 0. To be called once for a registry. */
export function createConnectorMetrics(registry: Registry, connector: Connector['kind']): ConnectorMetrics {
  const registers = [registry]
  const metrics: ConnectorMetrics = {
    errors: new Counter({
      name: 'callback_quorum_lookup_connector_errors_total',
      help: 'Tries at the business system that gave no usable answer: timeout, transport, http_status, malformed, auth, breaker (not asked), address (refused before a byte was sent)',
      labelNames: ['connector', 'kind'] as const,
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'callback_quorum_lookup_breaker_open',
      help: '1 while the business system is not asked because it only failed',
      labelNames: ['connector'] as const,
      registers,
    }),
  }
  for (const kind of ERROR_KINDS) metrics.errors.inc({ connector, kind }, 0)
  return metrics
}

/** Counts one failed try. */
export const countError = (
  { errors }: ConnectorMetrics,
  connector: Connector['kind'],
  kind: ConnectorErrorKind,
): void => {
  errors.inc({ connector, kind })
}
