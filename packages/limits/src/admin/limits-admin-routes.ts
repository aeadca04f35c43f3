import type { AdminRoute } from '@callback-quorum/service'
import type { AdminContext } from './admin-context.ts'
import { backtestRoute } from './backtest-route.ts'
import { exportRoute } from './export-route.ts'
import { limitsProposalRoutes } from './limits-proposal-routes.ts'
import { recountRoute } from './recount-route.ts'
import { reservationRoutes } from './reservation-routes.ts'
import { simulateRoute } from './simulate-route.ts'
import { usageRoute } from './usage-route.ts'

/** Everything that people see and do about limits, on the admin listener (README.md, "Admin"). */
export const limitsAdminRoutes = (context: AdminContext): readonly AdminRoute[] => [
  usageRoute(context),
  ...reservationRoutes(context),
  simulateRoute(context),
  backtestRoute(context),
  ...limitsProposalRoutes(context),
  recountRoute(context),
  exportRoute(context),
]
