import { errnoOf } from '@callback-quorum/service'
import { SanctionsFault, type SanctionsFaultCode } from '../faults.ts'

/** A fault that may be gone at the next try. Callers see a SanctionsFault. */
export class PassingFault extends SanctionsFault {
  /** How long the server wants to be left alone; 0 when it did not say. */
  readonly retryAfterMs: number

  constructor(code: SanctionsFaultCode, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(code, message, options)
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** What a failed connection or a broken answer is told as: which server and which code, never a URL, whose query may be a secret. */
export function transportFault(host: string, error: unknown): SanctionsFault {
  if (error instanceof SanctionsFault) return error
  const code = errnoOf(error)
  const why =
    code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
      ? 'stood still'
      : 'could not be reached, or its answer broke off'
  return new PassingFault('ERR_SANCTIONS_DELIVERY_TRANSPORT', `${host} ${why} (${code})`, { cause: error })
}
