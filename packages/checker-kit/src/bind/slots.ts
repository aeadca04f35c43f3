import type { Chain, Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'

/**
 * What a transaction uses up on its chain: the outputs that it spends, or the nonce of the account that signs. Two that share one of these
 * can never both be final. Named by the bytes, and by the account whose key was compared with the one that is asked to sign; never
 * by what the platform says about a replacement. None where the chain has no such thing that is understood here.
 */
export function slotsOf(
  chain: Chain,
  { message, inputs, nonce }: Decoded,
  sources: readonly string[],
): readonly string[] {
  if (message !== undefined) return []
  if (inputs !== undefined) return inputs.map(({ txid, vout }) => `output:${chain.id}:${txid}:${String(vout)}`)
  const [source] = sources
  const signer = source === undefined ? undefined : readAddress(chain, source)?.key
  return nonce === undefined || signer === undefined ? [] : [`nonce:${chain.id}:${signer}:${nonce.toString()}`]
}
