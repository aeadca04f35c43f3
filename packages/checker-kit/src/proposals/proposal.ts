export const PROPOSAL_STATES = ['open', 'applied', 'refused'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]

/** What one person wants done and another one has to decide. */
export interface Proposal<Kind extends string = string> {
  readonly proposalId: bigint
  readonly kind: Kind
  /** As the checker prepared it: what is shown to whoever decides, and what is applied. */
  readonly body: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly proposedBy: string
  readonly proposedAt: Date
  readonly state: ProposalState
  readonly decidedBy?: string
  readonly decidedAt?: Date
}
