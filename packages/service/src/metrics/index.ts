export { createMetricsRegistry } from './metrics-registry.ts'
export { type MetricsServer, type MetricsServerOptions, type Readiness, startMetricsServer } from './metrics-server.ts'
