import type { Database, Transaction } from '@callback-quorum/service'
import type { ReadMap } from '../../record/record-map.ts'
import { isWhitelistingReference } from '../../whitelisting/whitelisting-reference.ts'
import { decideIntent, type Standing } from './decide-intent.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import {
  acceptedContent,
  acceptedDigest,
  lockReferences,
  readIntentRow,
  recordPush,
  writeIntentRow,
  type IntentRow,
} from './inbox-rows.ts'
import {
  contentDigestOf,
  sha256,
  type Accepted,
  type CancelPush,
  type Conflict,
  type IntentPush,
  type Push,
} from './push.ts'
import type { WhitelistingRules } from './read-push.ts'
import { tryIntentOfBytes } from './read-record.ts'

export interface AcceptRules {
  readonly map: ReadMap
  readonly approved_status: readonly string[]
  readonly ahead_max: number
  readonly whitelisting?: WhitelistingRules
}

/** Either every push was taken, or none and this one is why. */
export type AcceptOutcome =
  | { readonly outcome: 'accepted'; readonly pushes: readonly AcceptedPush[]; readonly receivedAt: Date }
  | { readonly outcome: 'refused'; readonly conflict: Conflict; readonly index: number }

export interface AcceptedPush {
  readonly result: Accepted
  /** The reference had no version before this. */
  readonly isNew: boolean
  /** Because of this push the reference is disputed. */
  readonly disputes: boolean
}

class PushConflict extends Error {
  readonly conflict: Conflict
  readonly index: number

  constructor(conflict: Conflict, index: number) {
    super(conflict)
    this.conflict = conflict
    this.index = index
  }
}

interface Work {
  readonly tx: Transaction
  readonly producer: string
  readonly receivedAt: Date
  readonly rules: AcceptRules
}

/**
 * Takes all pushes in one transaction, or none; what was refused and why is on record in the same transaction. When it resolves, that is durable.
 * Throws InboxRefusal for an event of the future, ServiceFault when the database does not answer.
 */
export function acceptPushes(
  database: Database,
  producer: string,
  pushes: readonly Push[],
  rules: AcceptRules,
): Promise<AcceptOutcome> {
  return database.transaction(async (tx): Promise<AcceptOutcome> => {
    await lockReferences(tx, pushes)
    const receivedAt = await tx.clockNow()
    checkTimes(pushes, receivedAt, rules.ahead_max)
    const work: Work = { tx, producer, receivedAt, rules }
    await tx.query({ text: 'savepoint before_pushes' })
    try {
      const accepted: AcceptedPush[] = []
      for (const [index, push] of pushes.entries()) accepted.push(await acceptPush(push, index, work))
      return { outcome: 'accepted', pushes: accepted, receivedAt }
    } catch (error) {
      if (!(error instanceof PushConflict)) throw error
      const { conflict, index } = error
      await tx.query({ text: 'rollback to savepoint before_pushes' })
      const push = pushes[index]
      if (push !== undefined) await recordPush(tx, push, { producer, result: conflict, receivedAt })
      return { outcome: 'refused', conflict, index }
    }
  })
}

function checkTimes(pushes: readonly Push[], now: Date, aheadMsMax: number): void {
  const index = pushes.findIndex(
    ({ event }) => event !== undefined && event.time.getTime() > now.getTime() + aheadMsMax,
  )
  if (index === -1) return
  const field = pushes.length === 1 ? 'time' : `[${index}].time`
  throw new InboxRefusal(422, `${field}: expected a time at most ${aheadMsMax} ms after now`, { field })
}

async function acceptPush(push: Push, index: number, work: Work): Promise<AcceptedPush> {
  const { tx, producer, receivedAt } = work
  const before = await acceptedContent(tx, push, producer)
  if (before !== undefined) {
    if (before !== contentDigestOf(push)) throw new PushConflict('event_id_reused', index)
    return { result: 'repeated', isNew: false, disputes: false }
  }
  const row = await readIntentRow(tx, push)
  const taken = push.kind === 'cancel' ? takeCancel(push, row, receivedAt) : await takeIntent(push, row, work)
  if ('conflict' in taken) throw new PushConflict(taken.conflict, index)
  const { result } = taken
  // A repetition by REST has no id of its own and leaves no trace: a client in a loop would fill the table.
  const isRecorded = !taken.isKnown || push.event !== undefined
  if (isRecorded && !(await recordPush(tx, push, { producer, result, receivedAt })))
    throw new PushConflict('event_id_reused', index)
  if (taken.row !== undefined) await writeIntentRow(tx, push, taken.row)
  const isNew = result === 'stored' && (row?.version ?? null) === null
  return { result, isNew, disputes: row?.disputed !== true && taken.row?.disputed === true }
}

/** Without `row` what stands stays as it is. */
type Taken =
  { readonly conflict: Conflict } | { readonly result: Accepted; readonly isKnown: boolean; readonly row?: IntentRow }

const NOTHING: Omit<IntentRow, 'updated_at'> = {
  version: null,
  data: null,
  record_digest: null,
  approved: false,
  disputed: false,
  cancelled_version: null,
}

/** A cancel is final, whatever its version, and whether an intent came before or not. */
function takeCancel(push: CancelPush, row: IntentRow | undefined, receivedAt: Date): Taken {
  const before = row?.cancelled_version ?? null
  if (before !== null && before >= push.version) return { result: 'repeated', isKnown: true }
  return {
    result: 'cancelled',
    isKnown: false,
    row: { ...(row ?? NOTHING), cancelled_version: push.version, updated_at: receivedAt },
  }
}

/** Versions go on being kept under a cancelled reference, so that the order in which they came makes no difference. */
async function takeIntent(push: IntentPush, row: IntentRow | undefined, work: Work): Promise<Taken> {
  const { whitelisting } = work.rules
  const isOfPayment = whitelisting === undefined || !isWhitelistingReference(push.reference)
  const { map, approved_status } = isOfPayment ? work.rules : whitelisting
  const recordDigest = sha256(push.data)
  const standing = row === undefined ? undefined : standingOf(row, map)
  const same = standing === undefined ? undefined : await acceptedDigest(work.tx, push)
  const arriving = { version: push.version, recordDigest, intent: push.intent }
  const decision = decideIntent(standing, arriving, same, approved_status)
  const old = row ?? NOTHING
  const resultIn = (result: Accepted, disputed: boolean): Accepted =>
    old.cancelled_version !== null ? 'cancelled' : disputed ? 'disputed' : result
  switch (decision.act) {
    case 'refuse':
      return { conflict: decision.conflict }
    case 'replace':
      return {
        result: resultIn('stored', old.disputed),
        isKnown: false,
        row: {
          ...old,
          version: push.version,
          data: push.data,
          record_digest: recordDigest,
          approved: decision.approved,
          updated_at: work.receivedAt,
        },
      }
    case 'keep': {
      const { approved, isKnown } = decision
      const disputed = old.disputed || decision.result === 'disputed'
      const isChanged = approved !== old.approved || disputed !== old.disputed
      return {
        result: resultIn(decision.result, disputed),
        isKnown,
        ...(isChanged ? { row: { ...old, approved, disputed, updated_at: work.receivedAt } } : {}),
      }
    }
    default:
      throw new Error(`invariant: unknown decision ${JSON.stringify(decision satisfies never)}`)
  }
}

function standingOf(row: IntentRow, map: ReadMap): Standing | undefined {
  const { version, data, record_digest: recordDigest, approved } = row
  if (version === null || data === null || recordDigest === null) return undefined
  return { version, recordDigest, intent: tryIntentOfBytes(data, map), approved }
}
