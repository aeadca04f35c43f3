import type { KeyObject } from 'node:crypto'
import { ProtocolFault, wrapJsonRequest } from '@callback-quorum/protocol'
import { isFireblocks, type VerifiedCallback } from '@callback-quorum/service'

/** The gateway's own key, for what it says in its own name: outcome notices, and what it received without a signature. */
export interface InternalKey {
  readonly key: KeyObject
  readonly fingerprint: string
}

export interface Wrapped {
  /** As checkers see it: its token is the wrap, its key the gateway's. What is no bare JSON is as it was. */
  readonly callback: VerifiedCallback
  /** The body cannot be wrapped, so nobody can be asked about it. */
  readonly isTooLong: boolean
}

/**
 * Signs bare JSON, so that checkers can verify who asks them (DESIGN.md, "Between gateway and checker"). The signature is deterministic:
 * asked again, the same body has the same wrap.
 */
export async function wrapBareJson(callback: VerifiedCallback, internalKey: InternalKey | undefined): Promise<Wrapped> {
  if (!isFireblocks(callback) || callback.dialect !== 'fireblocks-json') return { callback, isTooLong: false }
  if (internalKey === undefined)
    throw new Error('invariant: the configuration check wants an internal key for bare JSON')
  const { content, endpoint, signerId } = callback
  const signed = { ...callback, callerFingerprint: internalKey.fingerprint }
  try {
    const token = await wrapJsonRequest(content, internalKey.key, { endpoint, signerId })
    return { callback: { ...signed, token }, isTooLong: false }
  } catch (error) {
    if (error instanceof ProtocolFault) return { callback: signed, isTooLong: true }
    throw error
  }
}
