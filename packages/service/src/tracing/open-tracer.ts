import { resolve } from 'node:path'
import type { Registry } from 'prom-client'
import type { TracingConfig } from '../config/index.ts'
import type { Logger } from '../log.ts'
import { readAuthority, readBearerToken } from '../outbound/index.ts'
import { createOtlpPost } from './otlp-post.ts'
import { createTraceExports } from './trace-metrics.ts'
import { NO_TRACER, type Tracer } from './tracer.ts'

export interface OpenTracerOptions {
  /** Absent: nothing of OpenTelemetry is loaded. */
  readonly config: TracingConfig | undefined
  /** What the paths of the configuration are relative to. */
  readonly directory: string
  readonly serviceName: string
  /** What `tracing.accept_parent` is where it is not written. */
  readonly acceptsParent: boolean
  readonly registry: Registry
  readonly log: Logger
}

/** Throws ConfigError for a certificate or a bearer token that cannot be used; whether a collector is there is not asked. */
export async function openTracer(o: OpenTracerOptions): Promise<Tracer> {
  const { config, directory, serviceName, registry, log } = o
  if (config === undefined) return NO_TRACER
  const ca = config.tls?.ca === undefined ? undefined : await readAuthority(resolve(directory, config.tls.ca))
  const bearerFile = config.bearer === undefined ? undefined : resolve(directory, config.bearer)
  if (bearerFile !== undefined) await readBearerToken(bearerFile)
  const { createOtlpTracer } = await import('./otlp-tracer.ts')
  return createOtlpTracer({
    serviceName,
    ratio: config.ratio,
    acceptsParent: config.accept_parent ?? o.acceptsParent,
    post: createOtlpPost({
      url: config.otlp,
      ...(ca === undefined ? {} : { ca }),
      ...(bearerFile === undefined ? {} : { bearerFile }),
    }),
    exports: createTraceExports(registry),
    log,
  })
}
