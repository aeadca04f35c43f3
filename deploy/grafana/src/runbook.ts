import { type DashboardLink, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** The dashboard variable that says where docs/ of this repository is served. */
export const RUNBOOKS = '${runbooks}'

/** A link to the section of docs/runbook.md that is about an alert; its heading is the alert's name. */
export const runbookLink = (alert: string): { build(): DashboardLink } =>
  new DashboardLinkBuilder(`Runbook: ${alert}`).url(`${RUNBOOKS}/runbook.md#${alert.toLowerCase()}`).targetBlank(true)
