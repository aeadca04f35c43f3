import { proposalRoutes } from '@callback-quorum/checker-kit'
import type { AdminRoute } from '@callback-quorum/service'
import { applyProposal } from './apply-proposal.ts'
import type { DeskOptions } from './desk-options.ts'
import { prepareProposal } from './prepare-proposal.ts'
import { DESK_KINDS, proposalSchema } from './proposal-schema.ts'

/** What needs two people about sanctions: blocks and overrides, taking them back, versions in quarantine, removals. */
export const deskProposalRoutes = (options: DeskOptions): readonly AdminRoute[] =>
  proposalRoutes({
    database: options.database,
    kinds: DESK_KINDS,
    schema: proposalSchema,
    prepare: (tx, written) => prepareProposal(tx, written, options),
    apply: (tx, proposal, approver) => applyProposal(tx, proposal, approver, options),
    onApplied: ({ proposalId, kind, proposedBy, decidedBy }, { effect }) => {
      options.log.warn(
        { proposal: proposalId.toString(), kind, proposedBy, approvedBy: decidedBy, effect },
        'a proposal was applied',
      )
    },
  })
