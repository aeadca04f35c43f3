import type { BusinessKey } from '@callback-quorum/protocol'
import type { Sql } from '@callback-quorum/service'
import type { Charge } from '../charges.ts'
import type { Facts } from '../facts/facts.ts'
import type { Gate, Schedule } from '../rules/rule.ts'

/** A gate that applies to this transaction, with what its opening depends on. */
export type GateQuestion = { readonly gate: Gate } & (
  { readonly schedule: Schedule } | { readonly notBefore: Date | null }
)

export interface Asked {
  readonly businessKey: BusinessKey
  readonly rulesDigest: string
  readonly facts: Facts
  readonly charges: readonly (Charge & { readonly until?: Date })[]
  readonly gates: readonly GateQuestion[]
  readonly slots: readonly string[]
  /** Only where history is played again; otherwise the database's time after its locks. */
  readonly at?: Date
}

export interface Breach {
  readonly charge: Charge
  /** Without this transaction, unless it is counted already. */
  readonly used: bigint
  /** What exceptions still allow. */
  readonly extra: bigint
}

export interface Decided {
  readonly outcome: 'superseded' | 'second-signature' | 'refused' | 'reserved' | 'replayed'
  readonly breaches: readonly Breach[]
  readonly closed: readonly Gate[]
}

interface Answer {
  readonly outcome: Decided['outcome']
  readonly breaches?: readonly { readonly n: number; readonly used: string; readonly extra: string }[]
  readonly closed?: readonly { readonly n: number }[]
}

/**
 * One call that decides and takes (migrations/0003-decide.sql). Shadow rules are among the breaches and refuse nothing. What is not taken has to be
 * rolled back: a signature lets go of what its approval held, to be counted anew (migrations/0005-approvals.sql).
 */
export async function decide(sql: Sql, asked: Asked): Promise<Decided> {
  const { charges, gates, facts } = asked
  const asJson = chargesJson(charges)
  const isApproval = facts.stage === 'approval'
  if (facts.stage === 'signing')
    await sql.query({
      name: 'limits-let-go-of-approval',
      text: 'select limits_let_go_of_approval($1, $2, $3)',
      values: [asked.businessKey, asJson, asked.slots],
    })
  const [row] = await sql.query<{ answer: Answer }>({
    name: isApproval ? 'limits-decide-approval' : 'limits-decide',
    text: `select limits_decide($1, $2, $3, ${isApproval ? 'limits_charges_of_approval($1, $4)' : '$4'}, $5, $6, $7) as answer`,
    values: [
      asked.businessKey,
      asked.rulesDigest,
      JSON.stringify(facts),
      asJson,
      JSON.stringify(gates.map((question, n) => gateJson(question, n))),
      asked.slots,
      asked.at ?? null,
    ],
  })
  if (row === undefined) throw new Error('invariant: a function call has one row')
  const { outcome, breaches = [], closed = [] } = row.answer
  return {
    outcome,
    breaches: breaches.map(({ n, used, extra }) => ({
      charge: at(charges, n),
      used: BigInt(used),
      extra: BigInt(extra),
    })),
    closed: closed.map(({ n }) => at(gates, n).gate),
  }
}

function at<T>(list: readonly T[], n: number): T {
  const item = list[n]
  if (item === undefined) throw new Error(`invariant: the database names number ${String(n)} of ${String(list.length)}`)
  return item
}

/** Charges as the database reads them. Amounts as decimal text, which jsonb keeps exactly as a number would not. */
export const chargesJson = (charges: Asked['charges']): string =>
  JSON.stringify(
    charges.map(({ limit, dimensions, amount, limitAmount, until }, n) => ({
      n,
      rule: limit.counterId,
      shape: limit.shape,
      dimensions,
      window: limit.window,
      amount: amount.toString(),
      limit: limitAmount.toString(),
      shadow: limit.isShadow,
      ...(until !== undefined && { until: until.toISOString() }),
    })),
  )

const gateJson = (question: GateQuestion, n: number): object => ({
  n,
  shadow: question.gate.isShadow,
  // No time at all is one that never comes.
  ...('schedule' in question
    ? { schedule: question.schedule }
    : { not_before: question.notBefore?.toISOString() ?? 'infinity' }),
})
