import { verifyPackageToken } from './package-token.ts'
import { printableText } from './printable-text.ts'
import { ProtocolFault } from './protocol-fault.ts'
import type { VerificationKey } from './signed-token.ts'
import { isJsonObject, parseStrictJson } from './strict-json.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'
import { tokenTextOf } from './token-text.ts'

/** A verified answer of a callback server, ours or a third party's. Nothing here says that it answers the question that was asked. */
export interface CoboReply {
  /** A missing status is 0: the official v1 Go sample leaves it out. */
  readonly status: number
  /** Absent when missing, null or empty. */
  readonly requestId?: string
  /** As received; absent when missing, null or empty. Only 'APPROVE' approves. */
  readonly action?: string
  readonly error?: string
  readonly verdict?: JsonValue
  /** Of the key that signed. */
  readonly fingerprint: string
  readonly expiresAtMs: number
}

/**
 * Reads a reply body: a compact JWS, bare or inside one pair of double quotes, white space around it ignored (protocol/cobo.md 1.5).
 * Throws ProtocolFault.
 */
export async function readCoboReply(
  body: Uint8Array,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<CoboReply> {
  const { content, fingerprint, expiresAtMs } = await verifyPackageToken(tokenTextOf(body), keys, nowMs)
  const reply = parseStrictJson(content)
  if (!isJsonObject(reply)) throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'not an object')
  const requestId = textMember(reply, 'request_id')
  const action = textMember(reply, 'action')
  const error = textMember(reply, 'error')
  const verdict = reply.verdict ?? undefined
  return {
    status: statusOf(reply.status),
    ...(requestId !== undefined && { requestId }),
    ...(action !== undefined && { action }),
    ...(error !== undefined && { error: printableText(error) }),
    ...(verdict !== undefined && { verdict }),
    fingerprint,
    expiresAtMs,
  }
}

function statusOf(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'status')
}

function textMember(reply: JsonObject, member: string): string | undefined {
  const value = reply[member]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', member)
}
