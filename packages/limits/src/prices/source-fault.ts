/** Why a source gave no quotes; a file that cannot be used is `malformed`. */
type SourceFailure = 'timeout' | 'transport' | 'http_status' | 'malformed'

/** A source could not be read this time; what it quoted before stays and ages. The message never holds what was received. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault'
  readonly failure: SourceFailure

  constructor(failure: SourceFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}
