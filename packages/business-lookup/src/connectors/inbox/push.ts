import { createHash } from 'node:crypto'
import type { Intent } from '../../record/intent.ts'

/** What a CloudEvent is known by. */
export interface EventName {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly time: Date
}

interface Pushed {
  readonly organisation: string
  readonly reference: string
  /** 1 to VERSION_MAX. */
  readonly version: bigint
  /** Absent: it came by REST. */
  readonly event?: EventName
}

export interface IntentPush extends Pushed {
  readonly kind: 'intent'
  /** The record as it was received, and what the mapping reads in it. */
  readonly data: Buffer
  readonly intent: Intent
}

export interface CancelPush extends Pushed {
  readonly kind: 'cancel'
  readonly data?: Buffer
  readonly reason?: string
}

/** One thing that a producer wants to be known. */
export type Push = IntentPush | CancelPush

/** Read, but not one that can be taken: its mapping finds no intent in it. */
export interface UnreadablePush extends Pushed {
  readonly kind: 'intent'
  readonly data: Buffer
}

/**
 * What became of a push. `repeated`: known already. `older`: a newer version is known. `cancelled`: the reference is cancelled now, by this or
 * before. `disputed`: it is older, was approved and says something else than the newer one; nothing of this reference is approved any more.
 */
export type Accepted = 'stored' | 'repeated' | 'older' | 'cancelled' | 'disputed'
/** Refused for what is known already. */
export type Conflict = 'version_conflict' | 'changed_after_approval' | 'event_id_reused'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What makes two pushes the same one; the time is left out, a relay may stamp it anew. */
export function contentDigestOf(push: Push | UnreadablePush): string {
  const { kind, reference, version, data, event } = push
  const reason = push.kind === 'cancel' ? (push.reason ?? null) : null
  const content = [
    kind,
    event?.type ?? null,
    reference,
    version.toString(),
    data === undefined ? null : sha256(data),
    reason,
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
