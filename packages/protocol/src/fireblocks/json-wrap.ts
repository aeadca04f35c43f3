import type { KeyObject } from 'node:crypto'
import { hasControlCharacter, IDENTIFIER_LENGTH_MAX } from '../cobo/wire-schema.ts'
import { digestOf } from '../digest.ts'
import { ProtocolFault } from '../protocol-fault.ts'
import { HEADER_LENGTH_MAX, signBytes, verifySignedBytes } from '../signed-token.ts'
import type { VerificationKey } from '../signed-token.ts'
import { JSON_TEXT_LENGTH_MAX } from '../strict-json.ts'
import type { JsonObject, JsonValue } from '../strict-json.ts'
import { tokenTextOf } from '../token-text.ts'
import type { FireblocksEndpoint } from './fireblocks-paths.ts'
import type { VerifiedFireblocksToken } from './fireblocks-token.ts'

/** What a gateway says about a body that it received without a signature. */
export interface WrapOrigin {
  readonly endpoint: FireblocksEndpoint
  /** The API user whose Co-signer asked. */
  readonly signerId?: string
}

export interface VerifiedJsonWrap extends Omit<VerifiedFireblocksToken, 'expiresAtMs'>, WrapOrigin {}

const WRAP_TYPE = 'cq-fireblocks-json+jwt'
const HEADER_MEMBERS: readonly string[] = ['alg', 'typ', 'cq_endpoint', 'cq_signer']
/** The signature of an RSA key of 16,384 bits, in base64url. */
const SIGNATURE_LENGTH_MAX = 2_731
/** A body whose token is still no longer than a body may be: base64url makes four characters of three bytes; two dots. */
export const WRAPPED_BODY_LENGTH_MAX = Math.floor(
  ((JSON_TEXT_LENGTH_MAX - HEADER_LENGTH_MAX - SIGNATURE_LENGTH_MAX - 2) * 3) / 4,
)

/**
 * Signs the exact bytes of a `fireblocks-json` body, so that checkers need trust nobody but the gateway (DESIGN.md, "Between gateway and
 * checker"). Endpoint and API user stand in the protected header, so that a wrap is no answer to another question. It does not
 * expire: it says what was asked, as a Co-signer's token does. Throws ProtocolFault for a body that is empty or too long to be wrapped, RangeError
 * for an unreadable signerId.
 */
export async function wrapJsonRequest(body: Uint8Array, internalKey: KeyObject, origin: WrapOrigin): Promise<string> {
  const { endpoint, signerId } = origin
  if (body.length === 0 || body.length > WRAPPED_BODY_LENGTH_MAX) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'body is empty or too long to be wrapped')
  }
  if (signerId !== undefined && !isSignerId(signerId)) throw new RangeError('signerId is no readable id')
  const header = { typ: WRAP_TYPE, cq_endpoint: endpoint, ...(signerId !== undefined && { cq_signer: signerId }) }
  return signBytes(body, header, internalKey)
}

/** The wrapped bytes and their origin, when one of the gateway's `keys` signed them for `endpoint`. Throws ProtocolFault. */
export async function verifyJsonWrap(
  body: Uint8Array,
  keys: readonly VerificationKey[],
  nowMs: number,
  endpoint: FireblocksEndpoint,
): Promise<VerifiedJsonWrap> {
  const { token, header, payload, key } = await verifySignedBytes(tokenTextOf(body), keys, nowMs, isWrapHeader)
  if (header.cq_endpoint !== endpoint) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_HEADER', 'wrapped for another endpoint', { owner: key.owner })
  }
  const { cq_signer: signerId } = header
  return {
    token,
    content: payload,
    digest: digestOf(payload),
    owner: key.owner,
    fingerprint: key.fingerprint,
    endpoint,
    ...(typeof signerId === 'string' && { signerId }),
  }
}

function isWrapHeader(header: JsonObject): boolean {
  const { typ, cq_signer: signerId } = header
  const hasOnlyOurs = Object.keys(header).every((name) => HEADER_MEMBERS.includes(name))
  return hasOnlyOurs && typ === WRAP_TYPE && (signerId === undefined || isSignerId(signerId))
}

function isSignerId(value: JsonValue): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= IDENTIFIER_LENGTH_MAX && !hasControlCharacter(value)
  )
}
