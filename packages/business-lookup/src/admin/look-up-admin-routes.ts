import type { AdminRoute } from '@callback-quorum/service'
import type { AdminContext } from './admin-context.ts'
import { claimRoutes } from './claim-routes.ts'
import { releaseProposalRoutes } from './release-proposal-routes.ts'

/** What people see and do about references, on the admin listener. */
export const lookUpAdminRoutes = (context: AdminContext): readonly AdminRoute[] => [
  ...claimRoutes(context),
  ...releaseProposalRoutes(context),
]
