import { Histogram, Registry } from 'prom-client'
import { vi } from 'vitest'
import { createConnectorMetrics } from '../../packages/business-lookup/src/connectors/connector-metrics.ts'
import { createInboxMetrics } from '../../packages/business-lookup/src/connectors/inbox/inbox-metrics.ts'
import { createPriceMetrics } from '../../packages/limits/src/prices/price-metrics.ts'
import { createVendorMetrics } from '../../packages/sanctions/src/vendors/vendor-metrics.ts'
import { createAdminMetrics } from '../../packages/service/src/admin/admin-metrics.ts'
import { createTraceExports } from '../../packages/service/src/tracing/trace-metrics.ts'
import { startE2eRig } from '../e2e/rig.ts'
import type { Series } from './promql.ts'

export interface Declared {
  /** Names as they are declared. */
  readonly names: readonly string[]
  /** Names as Prometheus stores them: of a histogram its buckets, its sum and its count. */
  readonly series: Series
}

/** On every series: `service` is ours, the others come from Prometheus (`team` from the target, see prometheus.yaml). */
const EVERYWHERE = ['service', 'instance', 'job', 'team']

/**
 * What the running code declares: a real gateway and its four real checkers are started and everything that they register is noted; what is
 * registered only for a part that they are not configured with is registered beside them.
 */
export async function declaredSeries(): Promise<Declared> {
  const registered = vi.spyOn(Registry.prototype, 'registerMetric')
  try {
    const rig = await startE2eRig()
    try {
      await rig.startGatewayHere()
      declareOptionalParts()
    } finally {
      await rig.close()
    }
    const declared = new Map(
      registered.mock.calls.map(([metric]) => [nameOf(metric), { metric, labels: labelNamesOf(metric) }]),
    )
    return {
      names: [...declared.keys()],
      series: new Map([...declared].flatMap(([name, { metric, labels }]) => seriesOf(name, metric, labels))),
    }
  } finally {
    registered.mockRestore()
  }
}

function declareOptionalParts(): void {
  const registry = (): Registry => new Registry()
  createAdminMetrics(registry())
  createConnectorMetrics(registry(), 'sql')
  createInboxMetrics(registry())
  createPriceMetrics(registry(), () => [])
  createTraceExports(registry())
  createVendorMetrics(registry(), () => [])
}

function seriesOf(name: string, metric: unknown, labelNames: readonly string[]): [string, readonly string[]][] {
  const labels = [...EVERYWHERE, ...labelNames]
  if (!(metric instanceof Histogram)) return [[name, labels]]
  return [
    [`${name}_bucket`, [...labels, 'le']],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ]
}

function nameOf(metric: object): string {
  if (!('name' in metric) || typeof metric.name !== 'string') throw new Error('a metric without a name')
  return metric.name
}

/** prom-client keeps them in a member that its types do not name. */
function labelNamesOf(metric: object): readonly string[] {
  if (!('labelNames' in metric) || !Array.isArray(metric.labelNames)) throw new Error('a metric without label names')
  return metric.labelNames.map(String)
}
