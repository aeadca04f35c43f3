import type { Chain, Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import { keyDigestOf } from '../key-digest.ts'
import type { KeyUse } from '../question.ts'

/**
 * What a transaction uses up on its chain: the outputs that it spends, or the nonce of the account that signs. Two that share one of these
 * can never both be final. Named by the bytes, and for a nonce by the account and the key that is asked to sign: the root key that leads to
 * the account is the request's own word, so that another group or path could be another account with a nonce of its own. Never named
 * by what the platform says about a replacement. None where the chain has no such thing that is understood here.
 */
export function slotsOf(
  chain: Chain,
  { message, inputs, nonce }: Decoded,
  sources: readonly string[],
  keyUse: KeyUse,
): readonly string[] {
  if (message !== undefined) return []
  if (inputs !== undefined) return inputs.map(({ txid, vout }) => `output:${chain.id}:${txid}:${String(vout)}`)
  const [source] = sources
  const signer = source === undefined ? undefined : readAddress(chain, source)?.key
  return nonce === undefined || signer === undefined
    ? []
    : [`nonce:${chain.id}:${signer}:${keyDigestOf(keyUse)}:${nonce.toString()}`]
}
