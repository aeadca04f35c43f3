/** Why a source gave no quotes; a file that cannot be used is `malformed`. */
export const SOURCE_FAILURES = ['timeout', 'transport', 'http_status', 'malformed'] as const
type SourceFailure = (typeof SOURCE_FAILURES)[number]

/** A source could not be read this time; what it quoted before stays and ages. The message never holds what was received. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault'
  readonly failure: SourceFailure

  constructor(failure: SourceFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}
