import type { CoboRequest } from '@callback-quorum/protocol'
import type { Refuse } from './refuse.ts'

/** v2 names the organisation, v1 does not. A node that is configured for one must not ask for another (DESIGN.md, the first row of its table). */
export function checkOrganisation(request: CoboRequest, organisation: string, refuse: Refuse): void {
  if (request.dialect === 'cobo-v1') return
  const { org } = request.extra
  const wallet = 'wallet' in request.extra ? request.extra.wallet : undefined
  const named = [org?.org_id, wallet?.org_id].filter((id) => id !== undefined)
  if (named.some((id) => id !== organisation)) {
    refuse('ORGANISATION_MISMATCH', 'the request names another organisation than its caller is configured for')
  }
}
