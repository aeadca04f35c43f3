import {
  AdminFault,
  PAGE,
  readBody,
  readId,
  readQuery,
  readWord,
  type AdminCall,
  type AdminRoute,
  type Database,
  type Transaction,
} from '@callback-quorum/service'
import type { ProposalKinds, WrittenProposal } from './proposal-kinds.ts'
import { addProposal, closeProposal, lockProposal, readProposals } from './proposal-store.ts'
import { PROPOSAL_STATES, type Proposal } from './proposal.ts'

type Answer = Promise<{ readonly status?: number; readonly body: object }>

/**
 * The four routes for what needs two people: one proposes, another one approves or refuses, once. What an approval does and the closing of
 * its proposal are one transaction. The checker's own migrations make the table, and its check constraints defend the same a second time:
 *
 *     create table proposal (
 *       proposal_id bigint generated always as identity primary key,
 *       kind        text not null check (kind in (...)),
 *       body        jsonb not null,
 *       reason      text not null,
 *       proposed_by text not null,
 *       proposed_at timestamptz not null,
 *       state       text not null default 'open' check (state in ('open', 'applied', 'refused')),
 *       decided_by  text check (decided_by <> proposed_by),
 *       decided_at  timestamptz,
 *       check ((state = 'open') = (decided_by is null)),
 *       check ((decided_by is null) = (decided_at is null))
 *     )
 */
export const proposalRoutes = <Written extends WrittenProposal, Alarm extends string = never>(
  kinds: ProposalKinds<Written, Alarm>,
): readonly AdminRoute[] => [
  { method: 'POST', path: '/v1/proposals', role: 'operator', handle: (call) => propose(kinds, call) },
  { method: 'GET', path: '/v1/proposals', role: 'viewer', handle: (call) => list(kinds.database, call) },
  { method: 'POST', path: '/v1/proposals/:id/approve', role: 'approver', handle: (call) => approve(kinds, call) },
  {
    method: 'POST',
    path: '/v1/proposals/:id/refuse',
    role: 'approver',
    handle: (call) => refuse(kinds.database, call),
  },
]

async function propose<Written extends WrittenProposal, Alarm extends string>(
  { database, schema, beforePropose, prepare }: ProposalKinds<Written, Alarm>,
  call: AdminCall,
): Answer {
  const written = readBody(schema, call)
  const proposal = await database.transaction(async (tx) => {
    await beforePropose?.(tx)
    const body = await prepare(tx, written)
    return addProposal(tx, { kind: written.kind, body, reason: written.reason, proposedBy: call.who.name })
  })
  return { status: 201, body: proposalJson(proposal) }
}

async function list(database: Database, call: AdminCall): Answer {
  const { state: word, after } = readQuery(call, ['state', 'after'])
  const state = readWord('state', word, PROPOSAL_STATES)
  const found = await readProposals(database, {
    ...(state !== undefined && { state }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { proposals: found.map(proposalJson), next: last?.proposalId.toString() ?? null } }
}

async function approve<Written extends WrittenProposal, Alarm extends string>(
  { database, kinds, apply, onApplied }: ProposalKinds<Written, Alarm>,
  call: AdminCall,
): Answer {
  const { name } = call.who
  const { proposal, applied } = await database.transaction(async (tx) => {
    const open = await lockOpen(tx, call)
    const kind = kinds.find((known) => known === open.kind)
    if (kind === undefined) throw new AdminFault(409, `this process knows no proposals of the kind ${open.kind}`)
    const done = await apply(tx, { ...open, kind }, name)
    return { proposal: await closeProposal(tx, open.proposalId, 'applied', name), applied: done }
  })
  onApplied?.(proposal, applied)
  return { body: { ...proposalJson(proposal), effect: applied.effect } }
}

async function refuse(database: Database, call: AdminCall): Answer {
  const proposal = await database.transaction(async (tx) => {
    const open = await lockOpen(tx, call)
    return closeProposal(tx, open.proposalId, 'refused', call.who.name)
  })
  return { body: proposalJson(proposal) }
}

/** Throws AdminFault: 404 for none, 409 for one that was decided, 403 for whoever proposed it. */
async function lockOpen(tx: Transaction, { params, who }: AdminCall): Promise<Proposal> {
  const id = readId('the id of the proposal', params['id'] ?? '')
  const proposal = await lockProposal(tx, id)
  if (proposal === undefined) throw new AdminFault(404, `there is no proposal ${id.toString()}`)
  if (proposal.state !== 'open')
    throw new AdminFault(409, `the proposal is ${proposal.state} already, by ${proposal.decidedBy ?? ''}`)
  if (proposal.proposedBy === who.name)
    throw new AdminFault(403, `${who.name} proposed it: another person has to decide`)
  return proposal
}

/** What the ledger says of a proposal comes last: no member of a body can stand in its place. */
function proposalJson(proposal: Proposal): object {
  const ledger = {
    id: proposal.proposalId.toString(),
    kind: proposal.kind,
    state: proposal.state,
    reason: proposal.reason,
    proposed_by: proposal.proposedBy,
    proposed_at: proposal.proposedAt.toISOString(),
    decided_by: proposal.decidedBy ?? null,
    decided_at: proposal.decidedAt?.toISOString() ?? null,
  }
  return { ...ledger, ...proposal.body, ...ledger }
}
