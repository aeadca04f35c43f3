import { collectDefaultMetrics, Registry, type PrometheusContentType, type RegistryContentType } from 'prom-client'

/** Prefix of every series of this project. */
const PREFIX = 'callback_quorum_'

/**
 * A registry of its own per service, so that several services in one process (tests, demo) never mix their series. With exemplars it
 * is written as OpenMetrics: the older text has no place for them.
 */
export function createMetricsRegistry(serviceName: string, { exemplars = false } = {}): Registry {
  const registry = new Registry()
  // What a registry is written as stands in its type too, and no metric asks for it.
  registry.setContentType(contentTypeFor(exemplars) as PrometheusContentType)
  registry.setDefaultLabels({ service: serviceName })
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  return registry
}

const contentTypeFor = (exemplars: boolean): RegistryContentType =>
  exemplars ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
