import type { Sql, Transaction } from '@callback-quorum/service'
import type { Proposal, ProposalState } from './proposal.ts'

interface Row {
  readonly proposal_id: bigint
  readonly kind: string
  readonly body: Proposal['body']
  readonly reason: string
  readonly proposed_by: string
  readonly proposed_at: Date
  readonly state: ProposalState
  readonly decided_by: string | null
  readonly decided_at: Date | null
}

const COLUMNS = 'proposal_id, kind, body, reason, proposed_by, proposed_at, state, decided_by, decided_at'

const proposalOf = (row: Row): Proposal => ({
  proposalId: row.proposal_id,
  kind: row.kind,
  body: row.body,
  reason: row.reason,
  proposedBy: row.proposed_by,
  proposedAt: row.proposed_at,
  state: row.state,
  ...(row.decided_by !== null && { decidedBy: row.decided_by }),
  ...(row.decided_at && { decidedAt: row.decided_at }),
})

const only = (rows: readonly Row[]): Proposal => {
  const [row] = rows
  if (row === undefined) throw new Error('invariant: one row was written')
  return proposalOf(row)
}

export async function addProposal(
  tx: Transaction,
  { kind, body, reason, proposedBy }: Pick<Proposal, 'kind' | 'reason' | 'proposedBy'> & { readonly body: object },
): Promise<Proposal> {
  return only(
    await tx.query<Row>({
      text: `insert into proposal (kind, body, reason, proposed_by, proposed_at) values ($1, $2, $3, $4, clock_now()) returning ${COLUMNS}`,
      values: [kind, JSON.stringify(body), reason, proposedBy],
    }),
  )
}

/** Newest first. */
export async function readProposals(
  sql: Sql,
  { state, before, rows }: { readonly state?: ProposalState; readonly before?: bigint; readonly rows: number },
): Promise<readonly Proposal[]> {
  const found = await sql.query<Row>({
    text: `select ${COLUMNS} from proposal
           where ($1::text is null or state = $1) and ($2::bigint is null or proposal_id < $2) order by proposal_id desc limit $3`,
    values: [state ?? null, before ?? null, rows],
  })
  return found.map(proposalOf)
}

/** Locked until the transaction ends: it is decided once. */
export async function lockProposal(tx: Transaction, id: bigint): Promise<Proposal | undefined> {
  const [row] = await tx.query<Row>({
    text: `select ${COLUMNS} from proposal where proposal_id = $1 for update`,
    values: [id],
  })
  return row && proposalOf(row)
}

export async function closeProposal(
  tx: Transaction,
  id: bigint,
  state: 'applied' | 'refused',
  decidedBy: string,
): Promise<Proposal> {
  return only(
    await tx.query<Row>({
      text: `update proposal set state = $2, decided_by = $3, decided_at = clock_now()
             where proposal_id = $1 and state = 'open' returning ${COLUMNS}`,
      values: [id, state, decidedBy],
    }),
  )
}
