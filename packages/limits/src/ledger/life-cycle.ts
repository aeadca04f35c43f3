import type { BusinessKey } from '@callback-quorum/protocol'
import type { Sql } from '@callback-quorum/service'
import type { Charge } from '../charges.ts'
import { chargesJson } from './decide.ts'

// All of these lock the counters in the one global order and change nothing when there is nothing to change; false says so.

async function call(sql: Sql, name: string, parameters: string, values: readonly unknown[]): Promise<boolean> {
  const [row] = await sql.query<{ done: boolean }>({ name, text: `select ${parameters} as done`, values })
  return row?.done === true
}

/** Gives back what the business key holds; what already left its window is not given back twice. */
export async function release(sql: Sql, key: BusinessKey, why: string, proposalId?: bigint): Promise<boolean> {
  return call(sql, 'limits-release', "limits_release($1, $2, 'release', $3)", [key, why, proposalId ?? null])
}

/** Released on the platform's word, where the operator configured that. */
export async function releaseByEvent(sql: Sql, key: BusinessKey, why: string): Promise<boolean> {
  return call(sql, 'limits-release-by-event', "limits_release($1, $2, 'event')", [key, why])
}

/** The gateway's joint approval. */
export async function commit(sql: Sql, key: BusinessKey): Promise<void> {
  await sql.query({ name: 'limits-commit', text: 'select limits_commit($1)', values: [key] })
}

export interface Confirmation {
  /** What it really used. Absent: what was claimed. */
  readonly charges?: readonly Charge[]
  readonly why: string
  readonly proposalId?: bigint
}

/** It is final on its chain; whatever it replaces is released. */
export async function confirm(
  sql: Sql,
  key: BusinessKey,
  { charges, why, proposalId }: Confirmation,
): Promise<boolean> {
  const json = charges === undefined ? null : chargesJson(charges)
  return call(sql, 'limits-confirm', 'limits_confirm($1, $2, $3, $4)', [key, json, why, proposalId ?? null])
}

/** It was released and is seen all the same: it counts again, whatever the limits. */
export async function countAgain(sql: Sql, key: BusinessKey, why: string): Promise<boolean> {
  return call(sql, 'limits-count-again', 'limits_count_again($1, $2)', [key, why])
}
