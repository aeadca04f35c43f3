import {
  AdminFault,
  PAGE,
  readId,
  readQuery,
  readWord,
  type AdminCall,
  type AdminRoute,
  type Database,
} from '@callback-quorum/service'
import {
  CLAIM_STATES,
  readClaim,
  readClaims,
  readHolders,
  readPlatformSaid,
  type ListedClaim,
} from '../claims/read-claims.ts'
import type { AdminContext } from './admin-context.ts'

/** `GET /v1/claims` and `GET /v1/claims/:id`. */
export const claimRoutes = ({ database }: AdminContext): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/claims', role: 'viewer', handle: (call) => list(database, call) },
  { method: 'GET', path: '/v1/claims/:id', role: 'viewer', handle: (call) => show(database, call) },
]

async function list(database: Database, call: AdminCall): Promise<{ body: object }> {
  const {
    state: word,
    organisation,
    reference,
    after,
  } = readQuery(call, ['state', 'organisation', 'reference', 'after'])
  const state = readWord('state', word, CLAIM_STATES)
  const found = await readClaims(database, {
    ...(state !== undefined && { state }),
    ...(organisation !== undefined && { organisation }),
    ...(reference !== undefined && { reference }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { claims: found.map(claimJson), next: last?.claim_id.toString() ?? null } }
}

async function show(database: Database, { params, query }: AdminCall): Promise<{ body: object }> {
  readQuery({ query }, [])
  const id = readId('the id of the claim', params['id'] ?? '')
  const claim = await readClaim(database, id)
  if (claim === undefined) throw new AdminFault(404, `there is no claim ${id.toString()}`)
  const holders = await readHolders(database, id)
  const said = await readPlatformSaid(database, id)
  return {
    body: {
      ...claimJson(claim),
      terms_digest: claim.terms_digest,
      terms: claim.terms,
      slots: claim.slots,
      signatures: claim.signatures,
      holders: holders.map((holder) => ({
        business_key: holder.business_key,
        record_digest: holder.record_digest,
        record_version: holder.record_version,
        claimed_at: holder.claimed_at.toISOString(),
        released_at: holder.released_at?.toISOString() ?? null,
      })),
      platform_said: said.map((event) => ({
        business_key: event.business_key,
        caller: event.caller,
        event: event.event_type,
        request_id: event.request_id,
        at: event.said_at.toISOString(),
      })),
    },
  }
}

const claimJson = (claim: ListedClaim): object => ({
  id: claim.claim_id.toString(),
  organisation: claim.organisation,
  reference: claim.reference,
  state: claim.state,
  holders: claim.holders,
  claimed_at: claim.claimed_at.toISOString(),
  released_at: claim.released_at?.toISOString() ?? null,
  released_by: claim.released_by,
  release_approved_by: claim.release_approved_by,
  release_proposal_id: claim.release_proposal_id?.toString() ?? null,
})
