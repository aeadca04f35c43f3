import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard'

/** The Prometheus that the variable `datasource` of a dashboard names. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' }
