import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'
import { DASHBOARD_IDS } from './dashboard-ids.ts'

/** To every other dashboard of ours, with the same time and data source; the service is another one there, so it is not carried along. */
export const linksTo = (uid: string): { build(): DashboardLink }[] =>
  Object.values(DASHBOARD_IDS)
    .filter((other) => other.uid !== uid)
    .map((other) =>
      new DashboardLinkBuilder(other.link)
        .type(DashboardLinkType.Link)
        .url(`/d/${other.uid}?var-datasource=\${datasource}`)
        .icon('dashboard')
        .keepTime(true),
    )
