import { Registry, type PrometheusContentType, type RegistryContentType } from 'prom-client'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../../../test/otlp-receiver.ts'
import { createLogger } from '../../src/log.ts'
import { openTracer, type RequestTrace, type Tracer } from '../../src/tracing/index.ts'

export interface TraceRig {
  readonly tracer: Tracer
  readonly receiver: OtlpReceiver
  readonly registry: Registry
  readonly logLines: readonly string[]
  begin(traceparent?: string): RequestTrace
  /** Stops the tracer, and says what the collector was told. */
  flushed(): Promise<readonly ReceivedSpan[]>
  /** How many spans came to this. */
  counted(result: 'exported' | 'failed' | 'dropped'): Promise<number>
  close(): Promise<void>
}

export interface TraceRigOptions {
  readonly ratio?: number
  readonly acceptsParent?: boolean
  readonly acceptParent?: boolean
  /** More members of the block. */
  readonly block?: object
  readonly receiver?: OtlpReceiver
  readonly url?: string
}

const openMetrics = (): RegistryContentType => Registry.OPENMETRICS_CONTENT_TYPE

/** A real tracer before a real receiver. */
export async function startTraceRig(o: TraceRigOptions = {}): Promise<TraceRig> {
  const receiver = o.receiver ?? (await startOtlpReceiver())
  const registry = new Registry()
  registry.setContentType(openMetrics() as PrometheusContentType)
  const logLines: string[] = []
  const log = createLogger({
    name: 'rig',
    level: 'debug',
    format: 'json',
    destination: { write: (line) => logLines.push(line) },
  })
  const tracer = await openTracer({
    config: {
      otlp: o.url ?? receiver.url,
      ratio: o.ratio ?? 1,
      ...(o.acceptParent === undefined ? {} : { accept_parent: o.acceptParent }),
      ...o.block,
    },
    directory: '/',
    serviceName: 'rig',
    acceptsParent: o.acceptsParent ?? false,
    registry,
    log,
  })
  return {
    tracer,
    receiver,
    registry,
    logLines,
    begin: (traceparent) =>
      tracer.begin({ attributes: { kind: 'keysign' }, startedMs: performance.now(), traceparent }),
    async flushed() {
      await tracer.stop()
      return receiver.spans
    },
    async counted(result) {
      const values = (await registry.getSingleMetric('callback_quorum_trace_exports_total')?.get())?.values ?? []
      return values.find(({ labels }) => labels['result'] === result)?.value ?? Number.NaN
    },
    async close() {
      await tracer.stop()
      await receiver.close()
    },
  }
}
