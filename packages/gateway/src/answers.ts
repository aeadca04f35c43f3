import { isFireblocks, type Answer, type VerifiedCallback } from '@callback-quorum/service'
import type { Deciding } from './deciding.ts'
import type { Quorum } from './quorum.ts'
import type { Cause } from './vote.ts'

/** What is answered, with what the metrics need to know of it. */
export interface Said {
  readonly answer: Answer
  readonly outcome: 'approved' | 'rejected' | 'failed'
  readonly cause?: Cause
  readonly recalled?: true
}

/** A question with who is in charge of it. */
export interface Judged {
  readonly deciding: Deciding
  readonly callback: VerifiedCallback
  readonly quorum: Quorum | undefined
}

export const approved: Said = { answer: { answer: 'approve' }, outcome: 'approved' }

export const rejected = (judged: Pick<Judged, 'callback' | 'quorum'>, text: string): Said => ({
  answer: { answer: 'reject', text, ...(isIgnored(judged) ? { isIgnored: true } : {}) },
  outcome: 'rejected',
})

/** What could not be read may be a request to sign, and dropping such a one is not allowed: it is always rejected. */
const isIgnored = ({ callback, quorum }: Pick<Judged, 'callback' | 'quorum'>): boolean =>
  callback.reading.result === 'request' &&
  quorum?.ignoresInsteadOfRejecting === true &&
  (quorum.kind === 'tx-approval' || quorum.kind === 'config-change')

/** A Co-signer hears RETRY, whose form is its own; a node what the configuration says. */
export const deferred = ({ deciding, callback }: Omit<Judged, 'quorum'>, cause: Cause, text: string): Said => ({
  answer: { answer: 'defer', form: isFireblocks(callback) ? 'status_30' : deciding.deferral, text },
  outcome: 'failed',
  cause,
})
