import { HTTP_LIMITS, type HttpLimits } from '@callback-quorum/service'

/** Bounds of the inbox's listener. */
export const INBOX_LIMITS: HttpLimits = {
  ...HTTP_LIMITS,
  /** An intent of one payment is a kilobyte; a batch file of 1,000 payments with long memos is below this. */
  bodyBytesMax: 256 * 1024,
  /** A producer and its relay sit in the same network: a body that takes longer is stuck. */
  bodyReadMs: 5_000,
  /** Producers are a handful of processes; with the body limit strangers can make this process hold 16 MiB. */
  connectionsMax: 64,
  lingerBytesMax: 512 * 1024,
}

/** One transaction holds the locks of all its references: a hundred are written in a fraction of the time a claim waits for one. */
export const BATCH_EVENTS_MAX = 100
/** Ids, sources and types become index keys; CloudEvents names no limit, UUIDs and URLs are far below. */
export const ATTRIBUTE_LENGTH_MAX = 512
/** A reference is what a person reads on a payment. */
export const REFERENCE_LENGTH_MAX = 200
/** A sentence for the record. */
export const REASON_LENGTH_MAX = 1_000
/** The largest integer that every reader of JSON reads alike (RFC 8259 section 6). */
export const VERSION_MAX = 9_007_199_254_740_991n
/** When the database is away: long enough to come back, short enough for an outbox. */
export const RETRY_AFTER_SECONDS = 5
