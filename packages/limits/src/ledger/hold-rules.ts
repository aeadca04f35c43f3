import type { Transaction } from '@callback-quorum/service'

/** Holds off other rules until the transaction ends, as a decision does, and says whether those of this digest count. */
export async function holdRules(tx: Transaction, digest: string): Promise<boolean> {
  await tx.query({ text: 'lock table reservation in row exclusive mode' })
  return (await tx.query({ text: 'select from ruleset where digest = $1', values: [digest] })).length > 0
}
