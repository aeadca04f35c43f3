import type { KeyObject } from 'node:crypto'
import { printableText } from '../printable-text.ts'
import { signBytes } from '../signed-token.ts'
import type { Verdict } from '../verdict.ts'
import type { FireblocksAction } from './fireblocks-action.ts'

export interface FireblocksResponse {
  readonly action: FireblocksAction
  readonly requestId: string
  /** Goes to the workspace's audit log. Left out when empty, and with an APPROVE. */
  readonly rejectionReason?: string
  readonly verdict?: Verdict
  /** Unix milliseconds; written, in whole seconds, only beside a verdict, which needs it. */
  readonly expiresAtMs?: number
}

/** The audit log of a workspace is read on a screen. */
export const REJECTION_REASON_LENGTH_MAX = 500

/**
 * The compact JWS that is the whole body of an answer at a `/v2` path. Throws RangeError, and signs nothing, for an answer without a request
 * id, or a verdict without its expiry.
 */
export async function signFireblocksResponse(response: FireblocksResponse, privateKey: KeyObject): Promise<string> {
  const content = new TextEncoder().encode(fireblocksResponseJson(response))
  return signBytes(content, { typ: 'JWT' }, privateKey)
}

/** The same members as JSON text: the whole body of an answer at a path without `/v2`. Throws as signFireblocksResponse. */
export function fireblocksResponseJson(response: FireblocksResponse): string {
  const { action, requestId, rejectionReason, verdict, expiresAtMs } = response
  if (requestId === '') throw new RangeError('an answer needs the id of its request')
  if (verdict !== undefined && !Number.isFinite(expiresAtMs)) throw new RangeError('a verdict needs its expiry')
  const hasReason = action !== 'APPROVE' && rejectionReason !== undefined && rejectionReason !== ''
  return JSON.stringify({
    action,
    requestId,
    ...(hasReason && { rejectionReason: printableText(rejectionReason, REJECTION_REASON_LENGTH_MAX) }),
    ...(verdict !== undefined && { verdict, exp: Math.floor((expiresAtMs ?? 0) / 1_000) }),
  })
}
