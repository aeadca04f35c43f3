import { Counter, Gauge, type Registry } from 'prom-client'
import type { Connector } from './connector.ts'

/** Why a try at the business system came to nothing. `address`: the host stands for an address outside `allow_addresses`. */
export type ConnectorErrorKind = 'timeout' | 'transport' | 'http_status' | 'malformed' | 'auth' | 'breaker' | 'address'

export interface ConnectorMetrics {
  /** `kind` is a ConnectorErrorKind. */
  readonly errors: Counter<'connector' | 'kind'>
  /** To be set whenever the breaker changes. */
  readonly breakerOpen: Gauge<'connector'>
}

/** What every connector measures, declared once; `connector` is the kind. To be called once for a registry. */
export function createConnectorMetrics(registry: Registry): ConnectorMetrics {
  const registers = [registry]
  return {
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
}

/** Counts one failed try. */
export const countError = (
  { errors }: ConnectorMetrics,
  connector: Connector['kind'],
  kind: ConnectorErrorKind,
): void => {
  errors.inc({ connector, kind })
}
