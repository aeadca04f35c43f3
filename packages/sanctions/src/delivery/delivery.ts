/** What an HTTP server gave with the last answer, to ask "only if it is another one". */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: string
}

/** Bytes that a delivery brought, in a file of our own. Whoever takes them calls `discard` in the end. */
export interface DeliveredFile {
  readonly result: 'delivered'
  readonly path: string
  /** Of the bytes as they were delivered (packed), lower-case hex: the identity of the version. */
  readonly sha256: string
  readonly bytes: number
  readonly validators: Validators
  /** When somebody last looked whether the publication is still this one; absent: now, by being asked for. */
  readonly checkedAtMs?: number
  discard(): Promise<void>
}

/** The publication is still the one that the validators belong to. */
export interface NotModified {
  readonly result: 'not-modified'
  /** As in DeliveredFile. May be older than what is known already, never a reason to set a clock back. */
  readonly checkedAtMs?: number
}

export type Delivered = DeliveredFile | NotModified

/** Where the bytes of a list come from: a publisher's server, or a file that somebody else brings. */
export interface Delivery {
  /**
   * Asks once, with retries and a deadline of its own. `previous` are the validators of the version that was taken last; without them
   * the answer is never `not-modified`. Throws SanctionsFault; nothing of a failed delivery is left behind.
   */
  fetch(previous: Validators | undefined, stopping: AbortSignal): Promise<Delivered>
  /** How long to wait until the next asking. */
  readonly everyMs: number
}
