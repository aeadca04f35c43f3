import { COBO_STATUS } from './cobo-status.ts'
import { signPackageToken } from './package-token.ts'
import type { SigningIdentity } from './package-token.ts'
import { printableText } from './printable-text.ts'
import type { Verdict } from './verdict.ts'

export interface CoboResponse {
  readonly status: number
  readonly request_id: string
  readonly action?: 'APPROVE' | 'REJECT'
  readonly error?: string
  readonly verdict?: Verdict
}

/**
 * The compact JWS that is the whole body of an answer. `error` is made printable and cut to ERROR_TEXT_LENGTH_MAX.
 * Throws RangeError, and signs nothing, for an APPROVE without a request id or with a status other than 0.
 */
export async function signCoboResponse(
  response: CoboResponse,
  identity: SigningIdentity,
  nowMs: number,
): Promise<string> {
  const { status, request_id, action, error, verdict } = response
  if (action === 'APPROVE' && (status !== COBO_STATUS.ok || request_id === '')) {
    throw new RangeError('an APPROVE needs status 0 and the id of its request')
  }
  // JSON.stringify leaves out what is undefined.
  const members = { status, request_id, action, error: error === undefined ? error : printableText(error), verdict }
  return signPackageToken(new TextEncoder().encode(JSON.stringify(members)), identity, nowMs)
}
