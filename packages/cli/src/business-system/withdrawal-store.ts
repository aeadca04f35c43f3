import type { Database, Sql } from '@callback-quorum/service'
import { isSamePerson } from './person.ts'
import type { NewWithdrawal, Withdrawal, WithdrawalState } from './withdrawal.ts'

/** The page is read by people; nobody scrolls through more. */
export const SHOWN_MAX = 100

export type Decision = 'approve' | 'cancel'
export type Decided = 'done' | 'unknown' | 'same person' | 'not pending' | 'cancelled before'

/** A withdrawal from another system's books, decided there. */
export interface ImportedWithdrawal extends NewWithdrawal {
  readonly state: WithdrawalState
  /** Who approved or cancelled it. */
  readonly decidedBy: string
}

export interface WithdrawalStore {
  /** The newest ones first, at most SHOWN_MAX, and how many there are. */
  newest(): Promise<{ readonly withdrawals: readonly Withdrawal[]; readonly count: bigint }>
  /** Resolves to false when there is one of this reference. */
  add(withdrawal: NewWithdrawal): Promise<boolean>
  /** All or none; resolves to false when one of the references is taken. */
  addAll(withdrawals: readonly ImportedWithdrawal[]): Promise<boolean>
  decide(reference: string, decision: Decision, by: string): Promise<Decided>
  /** What business-lookup asks for; notes that it asked. */
  lookUp(reference: string): Promise<Withdrawal | undefined>
  now(): Promise<Date>
}

const COLUMNS = `reference, customer, currency, trim_scale(amount)::text as amount, address, state, created_by as "createdBy",
  approved_by as "approvedBy", cancelled_by as "cancelledBy", valid_until as "validUntil", created_at as "createdAt",
  asked_at as "askedAt", asked_count as "askedCount"`

const INSERT = `insert into withdrawal
  (reference, customer, currency, amount, address, created_by, valid_until, state, approved_by, cancelled_by)`

export function createWithdrawalStore(database: Database): WithdrawalStore {
  return {
    newest: async () => {
      const [counted] = await database.query<{ count: bigint }>({ text: 'select count(*) from withdrawal' })
      const withdrawals = await database.query<Withdrawal>({
        text: `select ${COLUMNS} from withdrawal order by created_at desc, reference desc limit ${SHOWN_MAX}`,
      })
      return { withdrawals, count: counted?.count ?? 0n }
    },
    add: async (withdrawal) => (await insert(database, [{ ...withdrawal, state: 'pending', decidedBy: '' }])) === 1,
    addAll: (withdrawals) =>
      database
        .transaction(async (tx) => {
          // Rolled back as a whole: half an import would have to be taken apart by hand.
          if ((await insert(tx, withdrawals)) !== withdrawals.length) throw new ReferenceTaken()
          return true
        })
        .catch((error: unknown) => {
          if (error instanceof ReferenceTaken) return false
          throw error
        }),
    decide: (reference, decision, by) => decide(database, reference, decision, by),
    lookUp: async (reference) => {
      const [found] = await database.query<Withdrawal>({
        text: `update withdrawal set asked_at = clock_now(), asked_count = asked_count + 1 where reference = $1 returning ${COLUMNS}`,
        values: [reference],
      })
      return found
    },
    now: () => database.transaction((tx) => tx.clockNow()),
  }
}

class ReferenceTaken extends Error {}

/** How many were new. */
async function insert(sql: Sql, withdrawals: readonly ImportedWithdrawal[]): Promise<number> {
  const column = (value: (withdrawal: ImportedWithdrawal) => string | null): (string | null)[] => withdrawals.map(value)
  const rows = await sql.query<object>({
    text: `${INSERT}
      select * from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::text[], $6::text[], $7::timestamptz[],
        $8::text[], $9::text[], $10::text[])
      on conflict (reference) do nothing returning reference`,
    values: [
      column(({ reference }) => reference),
      column(({ customer }) => customer),
      column(({ currency }) => currency),
      column(({ amount }) => amount),
      column(({ address }) => address),
      column(({ createdBy }) => createdBy),
      column(({ validUntil }) => validUntil.toISOString()),
      column(({ state }) => state),
      column(({ state, decidedBy }) => (state === 'approved' ? decidedBy : null)),
      column(({ state, decidedBy }) => (state === 'cancelled' ? decidedBy : null)),
    ],
  })
  return rows.length
}

/** The row is locked first: of two people who press at once, the second one sees what the first one did. */
function decide(database: Database, reference: string, decision: Decision, by: string): Promise<Decided> {
  return database.transaction(async (tx) => {
    const [row] = await tx.query<{ state: WithdrawalState; createdBy: string }>({
      text: 'select state, created_by as "createdBy" from withdrawal where reference = $1 for update',
      values: [reference],
    })
    if (row === undefined) return 'unknown'
    switch (decision) {
      case 'approve':
        if (row.state !== 'pending') return 'not pending'
        if (isSamePerson(row.createdBy, by)) return 'same person'
        await tx.query({
          text: `update withdrawal set state = 'approved', approved_by = $2 where reference = $1`,
          values: [reference, by],
        })
        return 'done'
      case 'cancel':
        // An approved one too: whoever stops a payment needs nobody's leave.
        if (row.state === 'cancelled') return 'cancelled before'
        await tx.query({
          text: `update withdrawal set state = 'cancelled', cancelled_by = $2 where reference = $1`,
          values: [reference, by],
        })
        return 'done'
      default:
        throw new TypeError(`unknown decision ${String(decision satisfies never)}`)
    }
  })
}
