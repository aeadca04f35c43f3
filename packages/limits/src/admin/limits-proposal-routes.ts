import { proposalRoutes } from '@callback-quorum/checker-kit'
import { AdminFault, type AdminRoute } from '@callback-quorum/service'
import { holdRules } from '../ledger/hold-rules.ts'
import type { AdminContext } from './admin-context.ts'
import { applyProposal } from './apply-proposal.ts'
import { bodyOf, PROPOSAL_KINDS, proposalSchema } from './proposal-body.ts'

/** What needs two people about limits: exceptions, adjustments, releases and confirmations. */
export const limitsProposalRoutes = (context: AdminContext): readonly AdminRoute[] =>
  proposalRoutes({
    database: context.database,
    kinds: PROPOSAL_KINDS,
    schema: proposalSchema,
    beforePropose: async (tx) => {
      if (!(await holdRules(tx, context.rules.digest)))
        throw new AdminFault(409, 'newer rules count than this process has: ask one that has them')
    },
    prepare: (tx, written) => bodyOf(tx, written, context),
    apply: (tx, proposal, approver) => applyProposal(tx, proposal, approver, context),
    onApplied: ({ proposalId, kind, proposedBy, decidedBy }, { effect, alarms = [] }) => {
      for (const alarm of alarms) context.metrics.alarms.inc({ alarm })
      context.log.warn(
        { proposal: proposalId.toString(), kind, proposedBy, approvedBy: decidedBy, effect, alarms },
        'a proposal was applied',
      )
    },
  })
