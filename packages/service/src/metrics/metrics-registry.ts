import { collectDefaultMetrics, Registry } from 'prom-client'

/** Prefix of every series of this project. */
const PREFIX = 'callback_quorum_'

/** A registry of its own per service, so that several services in one process (tests, demo) never mix their series. */
export function createMetricsRegistry(serviceName: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service: serviceName })
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  return registry
}
