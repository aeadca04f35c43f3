import type { Sql, Transaction } from '@callback-quorum/service'

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
