import { Histogram, Registry, type HistogramConfiguration, type ObserveDataWithExemplar } from 'prom-client'
import { currentTraceId } from './current-span.ts'

/**
 * A histogram whose observations carry the trace they were made in, where its registry can say so (OpenMetrics, with tracing); any
 * other is as prom-client makes it. Observed as ever: `observe` and `startTimer` find the trace themselves.
 */
export function exemplarHistogram<T extends string>(configuration: HistogramConfiguration<T>): Histogram<T> {
  const isOpenMetrics = configuration.registers?.[0]?.contentType === Registry.OPENMETRICS_CONTENT_TYPE
  return isOpenMetrics ? new ExemplarHistogram<T>(configuration) : new Histogram(configuration)
}

type Labels<T extends string> = Partial<Record<T, string | number>>

class ExemplarHistogram<T extends string> extends Histogram<T> {
  constructor(configuration: HistogramConfiguration<T>) {
    super({ ...configuration, enableExemplars: true })
    // It puts its methods onto the instance, and with exemplars this one takes an object in place of labels and value.
    const observe = this.observe.bind(this)
    this.observe = (first: number | Labels<T> | ObserveDataWithExemplar<T>, value?: number): void => {
      const traceId = currentTraceId()
      // Its types take an exemplar's labels for labels of the metric.
      const exemplarLabels: object = traceId === undefined ? {} : { trace_id: traceId }
      observe({ ...dataOf(first, value), exemplarLabels: exemplarLabels })
    }
  }
}

function dataOf<T extends string>(
  first: number | Labels<T> | ObserveDataWithExemplar<T>,
  value: number | undefined,
): { readonly labels?: Labels<T>; readonly value: number } {
  if (typeof first === 'number') return { value: first }
  if (value !== undefined) return { labels: first as Labels<T>, value }
  // What its own timers hand over.
  return first as ObserveDataWithExemplar<T>
}
