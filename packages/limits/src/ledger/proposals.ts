import type { Sql, Transaction } from '@callback-quorum/service'

export const PROPOSAL_STATES = ['open', 'applied', 'refused'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]
export const PROPOSAL_KINDS = ['exception', 'adjustment', 'release', 'confirm'] as const
export type ProposalKind = (typeof PROPOSAL_KINDS)[number]

/** What one person wants done and another one has to decide. */
export interface Proposal {
  readonly proposalId: bigint
  readonly kind: ProposalKind
  readonly body: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly proposedBy: string
  readonly proposedAt: Date
  readonly state: ProposalState
  readonly decidedBy?: string
  readonly decidedAt?: Date
}

interface Row {
  readonly proposal_id: bigint
  readonly kind: ProposalKind
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
  { kind, body, reason, proposedBy }: Pick<Proposal, 'kind' | 'body' | 'reason' | 'proposedBy'>,
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

/** Holds off other rules until the transaction ends, as a decision does, and says whether those of this digest count. */
export async function holdRules(tx: Transaction, digest: string): Promise<boolean> {
  await tx.query({ text: 'lock table reservation in row exclusive mode' })
  return (await tx.query({ text: 'select from ruleset where digest = $1', values: [digest] })).length > 0
}

export async function hasCounter(sql: Sql, ruleId: string, dimensions: string): Promise<boolean> {
  const found = await sql.query({
    text: 'select from counter where rule_id = $1 and dimensions = $2 limit 1',
    values: [ruleId, dimensions],
  })
  return found.length > 0
}

/** Something extra on one counter until it is used up or over. Amounts as the counter counts them. */
export async function addException(
  tx: Transaction,
  proposalId: bigint,
  {
    ruleId,
    dimensions,
    amount,
    expiresAt,
  }: { readonly ruleId: string; readonly dimensions: string; readonly amount: bigint; readonly expiresAt: Date },
): Promise<void> {
  await tx.query({
    text: `insert into limit_exception (proposal_id, rule_id, dimensions, amount, remaining, expires_at)
           values ($1, $2, $3, $4::numeric, $4::numeric, $5)`,
    values: [proposalId, ruleId, dimensions, amount.toString(), expiresAt],
  })
}

/** Adds to a counter, or takes from what counts on it and no more than that. Answers what was really added or taken. */
export async function adjust(
  tx: Transaction,
  proposalId: bigint,
  {
    ruleId,
    shape,
    dimensions,
    amount,
  }: { readonly ruleId: string; readonly shape: string; readonly dimensions: string; readonly amount: bigint },
): Promise<bigint> {
  const [row] = await tx.query<{ done: string }>({
    text: 'select limits_adjust($1, $2, $3, $4::numeric, $5) as done',
    values: [ruleId, shape, dimensions, amount.toString(), proposalId],
  })
  if (row === undefined) throw new Error('invariant: a function call has one row')
  return BigInt(row.done)
}
