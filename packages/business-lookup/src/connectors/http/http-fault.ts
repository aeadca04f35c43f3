import type { ConnectorErrorKind } from '../connector-metrics.ts'
import type { LookUp } from '../connector.ts'

export type HttpFaultCode = 'CONNECTOR_UNAVAILABLE' | 'CONNECTOR_AUTH' | 'CONNECTOR_BAD_RESPONSE'

interface HttpFaultOptions extends ErrorOptions {
  readonly kind: ConnectorErrorKind
  readonly code: HttpFaultCode
  /** The next try of the same look-up may go better. */
  readonly mayPass?: boolean
  /** Of the server; absent when it did not answer. */
  readonly status?: number
}

/** No usable answer came. The message is for the operator's log and holds nothing that was sent or received. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly kind: ConnectorErrorKind
  readonly code: HttpFaultCode
  readonly mayPass: boolean
  readonly status: number | undefined

  constructor(message: string, { kind, code, mayPass = false, status, cause }: HttpFaultOptions) {
    super(message, { cause })
    this.kind = kind
    this.code = code
    this.mayPass = mayPass
    this.status = status
  }
}

/** The answer is not one that can be used, and will not be one when asked again. */
export const malformed = (message: string, options: ErrorOptions = {}): HttpFault =>
  new HttpFault(message, { kind: 'malformed', code: 'CONNECTOR_BAD_RESPONSE', ...options })

/** What the rule is told: public words, the same for everything that has one code. */
export function lookUpOf({ code }: Pick<HttpFault, 'code'>): LookUp {
  switch (code) {
    case 'CONNECTOR_UNAVAILABLE':
      return { found: 'unavailable', code, text: 'the business system could not be asked' }
    case 'CONNECTOR_AUTH':
      return { found: 'refused', code, text: 'the business system refuses to be asked by this checker' }
    case 'CONNECTOR_BAD_RESPONSE':
      return { found: 'refused', code, text: 'the answer of the business system cannot be used' }
    default:
      throw new Error(`invariant: unknown code ${JSON.stringify(code satisfies never)}`)
  }
}
