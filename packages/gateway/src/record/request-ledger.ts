import type { BusinessKey, Dialect, Digest, Kind, OutcomeNotice } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import { wasDeferred } from './deferrals.ts'
import { owe, type OutcomeOf } from './outbox-rows.ts'

/** The request key with what was found in it: one asking of the gateway. */
export interface Asking {
  /** Name of the caller, with the API user behind it where there are several. */
  readonly caller: string
  readonly callerFingerprint: string
  /** Fireblocks: the API user that is asked for. */
  readonly signerId?: string
  readonly dialect: Dialect
  readonly kind: Kind | 'unknown'
  readonly requestId: string
  readonly digest: Digest
  readonly businessKey?: BusinessKey
}

export interface RequestRow {
  request_key: bigint
  caller: string
  caller_fingerprint: string
  signer_id: string | null
  dialect: Dialect
  kind: Kind | 'unknown'
  request_id: string
  digest: Digest
  business_key: BusinessKey | null
  state: 'open' | 'approved' | 'rejected' | 'abandoned'
  round: number
  asked: string[]
  planned: string[]
  /** Contents of this request that were given up for others: whoever was asked about them was told `abandoned`. */
  given_up_digests: Digest[]
  first_asked_at: Date
  decided_at: Date | null
  config_digest: string | null
  reason: string | null
}

/** As it is asked about now. */
export interface AdmittedRow extends RequestRow {
  /** When it was first asked, if it was deferred since. */
  readonly waitingSince?: Date
}

/** What the memory of a request says before anybody is asked. */
export type Admission =
  /** `isLastAsking`: nobody will ask again after this, so that "later" is no answer any more. Never for a caller that is given silence. */
  | { readonly admitted: 'ask'; readonly row: AdmittedRow; readonly isLastAsking: boolean }
  /** Content that was given up for other content has come back: nobody is asked, the request is rejected. */
  | { readonly admitted: 'digest-returned'; readonly row: AdmittedRow }
  | { readonly admitted: 'recall-approve'; readonly row: RequestRow }
  | { readonly admitted: 'recall-reject'; readonly row: RequestRow }
  | { readonly admitted: 'digest-changed'; readonly row: RequestRow }
  | { readonly admitted: 'frozen'; readonly since: Date }
  /** Frozen, and nobody will ask again: nobody is asked, the request is rejected. */
  | { readonly admitted: 'frozen-to-the-end'; readonly since: Date; readonly row: AdmittedRow }

export interface AdmissionRules {
  /** Everybody who may be asked in this round. */
  readonly plan: readonly string[]
  readonly wantsOutcome: (checker: string) => boolean
  readonly configDigest: string
  readonly recallApproveForMs: number
  /** How long after this asking the caller may still ask again. */
  readonly abandonAfterMs: number
  /** How long after the first asking the caller asks for the last time; absent when whoever asks too late is just not answered. */
  readonly lastAskMs?: number
}

export const REQUEST_COLUMNS = `request_key, caller, caller_fingerprint, signer_id, dialect, kind, request_id, digest, business_key, state, round, asked, planned,
  given_up_digests, first_asked_at, decided_at, config_digest, reason`

/** The freeze as this transaction sees it; the shared lock makes a freeze wait for approvals under way and them for it. */
export async function readFreeze(tx: Transaction): Promise<{ frozen: boolean; since: Date; reason: string }> {
  const [row] = await tx.query<{ frozen: boolean; since: Date; reason: string }>({
    name: 'read-freeze',
    text: 'select frozen, since, reason from freeze_state for share',
  })
  if (row === undefined) throw new Error('invariant: the freeze table has one row')
  return row
}

export async function lockRequest(
  tx: Transaction,
  asking: Pick<Asking, 'caller' | 'dialect' | 'kind' | 'requestId'>,
): Promise<RequestRow | undefined> {
  const [row] = await tx.query<RequestRow>({
    name: 'lock-request',
    text: `select ${REQUEST_COLUMNS} from request where caller = $1 and dialect = $2 and kind = $3 and request_id = $4 for no key update`,
    values: [asking.caller, asking.dialect, asking.kind, asking.requestId],
  })
  return row
}

/**
 * Looks at the freeze first, then at what was decided before, and notes durably who is about to be asked. One transaction.
 * A REJECT is final; an APPROVE is recalled for a while under the same configuration; afterwards everybody judges again.
 */
export async function admit(database: Database, asking: Asking, rules: AdmissionRules): Promise<Admission> {
  return database.transaction(async (tx) => {
    const freeze = await readFreeze(tx)
    const isNew = await insertRequest(tx, asking, rules)
    const row = await lockRequest(tx, asking)
    if (row === undefined) throw new Error('invariant: the request row was just inserted')
    const now = await tx.clockNow()
    if (row.state === 'rejected' || row.state === 'abandoned') return { admitted: 'recall-reject', row }
    if (row.state === 'approved' && row.digest !== asking.digest) return { admitted: 'digest-changed', row }
    const isLastAsking =
      rules.lastAskMs !== undefined && now.getTime() - row.first_asked_at.getTime() >= rules.lastAskMs
    if (freeze.frozen && !isLastAsking) return { admitted: 'frozen', since: freeze.since }
    if (row.state === 'approved' && !freeze.frozen && isRecallable(row, now, rules))
      return { admitted: 'recall-approve', row }
    if (row.digest !== asking.digest) await closeFormerDigest(tx, row, rules)
    // Asked again it could be approved and claimed, and the `abandoned` still under way would then give that claim back.
    const isReturned = row.given_up_digests.includes(asking.digest)
    await planRound(tx, row, asking, isReturned || freeze.frozen ? { ...rules, plan: [] } : rules, now)
    const planned = {
      ...row,
      digest: asking.digest,
      ...(!isNew && wasDeferred(row, now) && { waitingSince: row.first_asked_at }),
    }
    if (freeze.frozen) return { admitted: 'frozen-to-the-end', since: freeze.since, row: planned }
    return isReturned ? { admitted: 'digest-returned', row: planned } : { admitted: 'ask', row: planned, isLastAsking }
  })
}

function isRecallable(row: RequestRow, now: Date, rules: AdmissionRules): boolean {
  if (row.decided_at === null) throw new Error('invariant: an approved request has a time of decision')
  return (
    row.config_digest === rules.configDigest && now.getTime() - row.decided_at.getTime() <= rules.recallApproveForMs
  )
}

/** Whether it is the first asking. */
async function insertRequest(tx: Transaction, asking: Asking, rules: AdmissionRules): Promise<boolean> {
  const inserted = await tx.query({
    name: 'insert-request',
    text: `insert into request (caller, caller_fingerprint, signer_id, dialect, kind, request_id, digest, business_key, state,
             first_asked_at, last_asked_at, abandon_after)
           select $1, $2, $9, $3, $4, $5, $6, $7, 'open', t, t, t + $8 * interval '1 millisecond' from clock_now() t
           on conflict do nothing returning request_key`,
    values: [
      asking.caller,
      asking.callerFingerprint,
      asking.dialect,
      asking.kind,
      asking.requestId,
      asking.digest,
      asking.businessKey ?? null,
      rules.abandonAfterMs,
      asking.signerId ?? null,
    ],
  })
  return inserted.length > 0
}

/** The request came again with other content before it was decided: whoever was asked about the former content is told to forget it. */
async function closeFormerDigest(tx: Transaction, row: RequestRow, rules: AdmissionRules): Promise<void> {
  await owe(tx, outcomeOf(row, 'abandoned'), union(row.asked, row.planned).filter(rules.wantsOutcome))
}

async function planRound(
  tx: Transaction,
  row: RequestRow,
  asking: Asking,
  rules: AdmissionRules,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'plan-round',
    text: `update request set digest = $2, business_key = $3, caller_fingerprint = $4, signer_id = $9, asked = $5, planned = $6,
             given_up_digests = case when digest = $2 then given_up_digests else given_up_digests || digest end, last_asked_at = $7::timestamptz,
             abandon_after = $7::timestamptz + $8 * interval '1 millisecond' where request_key = $1`,
    values: [
      row.request_key,
      asking.digest,
      asking.businessKey ?? null,
      asking.callerFingerprint,
      row.digest === asking.digest ? askedBefore(row) : [],
      rules.plan,
      now,
      rules.abandonAfterMs,
      asking.signerId ?? null,
    ],
  })
}

/**
 * What a former round planned may have been asked by a process that died: from here on it counts as asked. Once approved, `asked` is
 * instead who was told so, and whoever is first asked when all judge again is told then.
 */
const askedBefore = (row: RequestRow): string[] => (row.state === 'open' ? union(row.asked, row.planned) : row.asked)

/** Notes who was really asked in a round that ended without a decision. */
export async function recordDeferral(
  database: Database,
  row: Pick<RequestRow, 'request_key' | 'digest'>,
  asked: readonly string[],
  reason: string,
): Promise<void> {
  await database.query({
    name: 'record-deferral',
    text: `update request set asked = array(select distinct unnest(asked || $2::text[])), planned = '{}', reason = $3
           where request_key = $1 and state = 'open' and digest = $4`,
    values: [row.request_key, asked, reason, row.digest],
  })
}

export function outcomeOf(row: RequestRow, outcome: OutcomeNotice['outcome']): OutcomeOf | undefined {
  // Whoever was asked was asked about a known kind with a business key; without them there was nobody to ask.
  if (row.kind === 'unknown' || row.business_key === null) return undefined
  return {
    caller: row.caller_fingerprint,
    ...(row.signer_id === null ? {} : { signer_id: row.signer_id }),
    dialect: row.dialect,
    kind: row.kind,
    request_id: row.request_id,
    digest: row.digest,
    business_key: row.business_key,
    outcome,
  }
}

export const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]
