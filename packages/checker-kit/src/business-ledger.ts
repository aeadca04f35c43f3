import type { BusinessKey, Dialect, Digest, Kind } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import type { ContentFields } from './content-fields.ts'

/** The request key together with the digest of its content: one asking. */
export interface Asking {
  /** The caller's name; of a Co-signer with the API user behind a slash. */
  readonly caller: string
  readonly dialect: Dialect
  readonly kind: Kind | 'unknown'
  readonly requestId: string
  readonly digest: Digest
}

export interface BusinessRow {
  first_asked_at: Date
  content_digest: string | null
  /** Null also where the platform says everything at once. */
  content: ContentFields | null
  signing_hashes: string[] | null
  /** Null also for what was approved before it was kept. */
  signing_key: string | null
  slots: string[]
}

export interface AttemptRow {
  attempt_id: bigint
  state: 'open' | 'approved' | 'rejected' | 'abandoned'
  holds: boolean
  business_key: string
}

/** Remembers that a business key was asked about and says since when, by the clock of the database. */
export async function openBusiness(database: Database, key: BusinessKey): Promise<{ firstAskedAt: Date; now: Date }> {
  const [row] = await database.query<{ first_asked_at: Date; now: Date }>({
    name: 'open-business',
    text: `with opened as (
             insert into business (business_key, first_asked_at) values ($1, clock_now())
             on conflict do nothing returning first_asked_at)
           select coalesce((select first_asked_at from opened),
                           (select first_asked_at from business where business_key = $1), clock_now()) as first_asked_at,
                  clock_now() as now`,
    values: [key],
  })
  if (row === undefined) throw new Error('invariant: a select without a from clause has one row')
  return { firstAskedAt: row.first_asked_at, now: row.now }
}

/** What holds a business key, locked until the transaction ends. */
export async function lockBusiness(tx: Transaction, key: string): Promise<BusinessRow> {
  await tx.query({
    name: 'insert-business',
    text: 'insert into business (business_key, first_asked_at) values ($1, clock_now()) on conflict do nothing',
    values: [key],
  })
  const [row] = await tx.query<BusinessRow>({
    name: 'lock-business',
    text: 'select first_asked_at, content_digest, content, signing_hashes, signing_key, slots from business where business_key = $1 for no key update',
    values: [key],
  })
  if (row === undefined) throw new Error('invariant: the business row was just inserted')
  return row
}

/** The attempt that an asking is, locked until the transaction ends; a new one begins in `state`. */
export async function openAttempt(
  tx: Transaction,
  asking: Asking,
  key: string,
  now: Date,
  state = 'open',
): Promise<{ attempt: AttemptRow; isNew: boolean }> {
  const identity = [asking.caller, asking.dialect, asking.kind, asking.requestId, asking.digest]
  const inserted = await tx.query<AttemptRow>({
    name: 'insert-attempt',
    text: `insert into attempt (caller, dialect, kind, request_id, digest, business_key, state, first_asked_at, closed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, case when $7 = 'open' then null else $8::timestamptz end)
           on conflict do nothing returning attempt_id, state, holds, business_key`,
    values: [...identity, key, state, now],
  })
  if (inserted[0] !== undefined) return { attempt: inserted[0], isNew: true }
  const [row] = await tx.query<AttemptRow>({
    name: 'lock-attempt',
    text: `select attempt_id, state, holds, business_key from attempt
           where caller = $1 and dialect = $2 and kind = $3 and request_id = $4 and digest = $5 for no key update`,
    values: identity,
  })
  if (row === undefined) throw new Error('invariant: an attempt that conflicts exists')
  return { attempt: row, isNew: false }
}
