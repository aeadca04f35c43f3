import { AdminFault, readBody, type AdminCall, type AdminRoute, type Transaction } from '@callback-quorum/service'
import {
  addProposal,
  closeProposal,
  holdRules,
  lockProposal,
  PROPOSAL_STATES,
  readProposals,
  type Proposal,
} from '../ledger/proposals.ts'
import type { AdminContext } from './admin-context.ts'
import { applyProposal } from './apply-proposal.ts'
import { PAGE, readId, readQuery, readWord } from './page.ts'
import { bodyOf, proposalSchema } from './proposal-body.ts'

type Answer = Promise<{ readonly status?: number; readonly body: object }>

/** What needs two people: one proposes, another one approves or refuses, once. */
export const proposalRoutes = (context: AdminContext): readonly AdminRoute[] => [
  { method: 'POST', path: '/v1/proposals', role: 'operator', handle: (call) => propose(context, call) },
  { method: 'GET', path: '/v1/proposals', role: 'viewer', handle: (call) => list(context, call) },
  { method: 'POST', path: '/v1/proposals/:id/approve', role: 'approver', handle: (call) => approve(context, call) },
  { method: 'POST', path: '/v1/proposals/:id/refuse', role: 'approver', handle: (call) => refuse(context, call) },
]

async function propose(context: AdminContext, call: AdminCall): Answer {
  const written = readBody(proposalSchema, call)
  const proposal = await context.database.transaction(async (tx) => {
    if (!(await holdRules(tx, context.rules.digest)))
      throw new AdminFault(409, 'newer rules count than this process has: ask one that has them')
    const body = await bodyOf(tx, written, context)
    return addProposal(tx, { kind: written.kind, body, reason: written.reason, proposedBy: call.who.name })
  })
  return { status: 201, body: proposalJson(proposal) }
}

async function list({ database }: AdminContext, call: AdminCall): Answer {
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

async function approve(context: AdminContext, call: AdminCall): Answer {
  const { name } = call.who
  const { proposal, effect, alarms } = await context.database.transaction(async (tx) => {
    const open = await lockOpen(tx, call)
    const applied = await applyProposal(tx, open, name, context)
    return { proposal: await closeProposal(tx, open.proposalId, 'applied', name), ...applied }
  })
  for (const alarm of alarms) context.metrics.alarms.inc({ alarm })
  context.log.warn(
    {
      proposal: proposal.proposalId.toString(),
      kind: proposal.kind,
      proposedBy: proposal.proposedBy,
      approvedBy: name,
      effect,
      alarms,
    },
    'a proposal was applied',
  )
  return { body: { ...proposalJson(proposal), effect } }
}

async function refuse({ database }: AdminContext, call: AdminCall): Answer {
  const proposal = await database.transaction(async (tx) => {
    const open = await lockOpen(tx, call)
    return closeProposal(tx, open.proposalId, 'refused', call.who.name)
  })
  return { body: proposalJson(proposal) }
}

/** Throws AdminFault: 404 for none, 409 for one that was decided, and for whoever proposed it. */
async function lockOpen(tx: Transaction, { params, who }: AdminCall): Promise<Proposal> {
  const id = readId('the id of the proposal', params['id'] ?? '')
  const proposal = await lockProposal(tx, id)
  if (proposal === undefined) throw new AdminFault(404, `there is no proposal ${id.toString()}`)
  if (proposal.state !== 'open')
    throw new AdminFault(409, `the proposal is ${proposal.state} already, by ${proposal.decidedBy ?? ''}`)
  if (proposal.proposedBy === who.name)
    throw new AdminFault(409, `${who.name} proposed it: another person has to decide`)
  return proposal
}

const proposalJson = (proposal: Proposal): object => ({
  id: proposal.proposalId.toString(),
  kind: proposal.kind,
  state: proposal.state,
  ...proposal.body,
  reason: proposal.reason,
  proposed_by: proposal.proposedBy,
  proposed_at: proposal.proposedAt.toISOString(),
  decided_by: proposal.decidedBy ?? null,
  decided_at: proposal.decidedAt?.toISOString() ?? null,
})
