import { DELIVERED_BYTES_MAX } from './spool-file.ts'

/** Bounds of one asking over https. */
export interface HttpsLimits {
  /** All tries and waits together. */
  readonly totalMs: number
  readonly connectMs: number
  /** Without a single byte, before and within the answer. */
  readonly stallMs: number
  readonly tries: number
  /** Before the second try; doubled before the third, and up to twice as long at random. */
  readonly backoffMs: number
  /** Whoever wants to be left alone for longer is asked again at the next refresh only. */
  readonly retryAfterMsMax: number
  readonly redirectsMax: number
  readonly bytesMax: number
}

/** The EU's list (25 MB) takes over a minute and answers 500 in bursts; a refresh comes every 45 min. Source: domain/sanctions 1.1, 1.3. */
export const HTTPS_LIMITS: HttpsLimits = {
  totalMs: 5 * 60_000,
  connectMs: 10_000,
  stallMs: 30_000,
  tries: 3,
  backoffMs: 1_000,
  retryAfterMsMax: 60_000,
  redirectsMax: 5,
  bytesMax: DELIVERED_BYTES_MAX,
}
