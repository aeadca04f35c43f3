/** Why a source gave no quotes; `source_ok` is the other value of the same label. */
export type SourceFaultCause = 'timeout' | 'transport' | 'http_status' | 'malformed'

/** A source could not be read this time; what it quoted before stays and ages. The message never holds what was received. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault'
  readonly failure: SourceFaultCause

  constructor(failure: SourceFaultCause, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}
