import { businessLookupPage } from './dashboards/business-lookup.ts'
import { gatewayPage } from './dashboards/gateway.ts'
import { integrityPage } from './dashboards/integrity.ts'
import { limitsPage } from './dashboards/limits.ts'
import { processPage } from './dashboards/process.ts'
import { sanctionsPage } from './dashboards/sanctions.ts'
import { sloPage } from './dashboards/slo.ts'
import type { Page } from './page.ts'

/** Every dashboard there is. */
export const pages = (): readonly Page[] => [
  gatewayPage(),
  sloPage(),
  limitsPage(),
  sanctionsPage(),
  businessLookupPage(),
  integrityPage(),
  processPage(),
]
