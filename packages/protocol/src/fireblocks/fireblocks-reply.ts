import { printableText } from '../printable-text.ts'
import { ProtocolFault } from '../protocol-fault.ts'
import { checkExpiryBound } from '../signed-token.ts'
import type { VerificationKey } from '../signed-token.ts'
import { isJsonObject, parseStrictJson } from '../strict-json.ts'
import type { JsonObject, JsonValue } from '../strict-json.ts'
import { FIREBLOCKS_ACTIONS } from './fireblocks-action.ts'
import type { FireblocksAction } from './fireblocks-action.ts'
import { openFireblocksToken } from './fireblocks-token.ts'

/** A verified answer of a callback handler, ours or a third party's. Nothing here says that it answers the question that was asked. */
export interface FireblocksReply {
  readonly action: FireblocksAction
  readonly requestId: string
  readonly rejectionReason?: string
  readonly verdict?: JsonValue
  /** Of the key that signed. */
  readonly fingerprint: string
  /** Unix milliseconds; always there beside a verdict. */
  readonly expiresAtMs?: number
}

/**
 * Reads a reply body as verifyFireblocksToken reads a request. A verdict needs an `exp`, and any `exp` may lie no further ahead than its
 * key may ask for. An unknown action, or a member of another case, is no answer. Throws ProtocolFault.
 */
export async function readFireblocksReply(
  body: Uint8Array,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<FireblocksReply> {
  const { payload, key, expiresAtMs } = await openFireblocksToken(body, keys, nowMs)
  const reply = parseStrictJson(payload)
  if (!isJsonObject(reply)) throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'not an object')
  const action = FIREBLOCKS_ACTIONS.find((known) => known === reply.action)
  if (action === undefined) throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'action')
  const requestId = textMember(reply, 'requestId')
  if (requestId === undefined) throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'requestId')
  const rejectionReason = textMember(reply, 'rejectionReason')
  const verdict = reply.verdict ?? undefined
  if (verdict !== undefined && expiresAtMs === undefined) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_EXP_MISSING')
  if (expiresAtMs !== undefined) checkExpiryBound(expiresAtMs, key.maxTokenAgeMs, nowMs)
  return {
    action,
    requestId,
    ...(rejectionReason !== undefined && { rejectionReason: printableText(rejectionReason) }),
    ...(verdict !== undefined && { verdict }),
    fingerprint: key.fingerprint,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}

/** Absent, null and empty say nothing; anything else must be text. */
function textMember(reply: JsonObject, member: string): string | undefined {
  const value = reply[member]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', member)
}
