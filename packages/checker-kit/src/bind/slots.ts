import type { Chain, Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import { keyDigestOf } from '../key-digest.ts'
import type { KeyUse, Question } from '../question.ts'

/**
 * What a transaction uses up on its chain: the outputs that it spends, or the nonce of the account that signs. Two that share one of these
 * can never both be final. Named by the bytes, and for a nonce by the account and the key that is asked to sign: the root key that leads to
 * the account is the request's own word, so that another group or path could be another account with a nonce of its own. Never named
 * by what the platform says about a replacement. A Co-signer is told a path that nothing binds to the key it signs with: one nonce said to be of
 * one vault account twice could be two accounts', so there a nonce excludes nothing. None where the chain has no such thing that is understood here.
 */
export function slotsOf(
  question: Question,
  chain: Chain,
  { message, inputs, nonce }: Decoded,
  keyUse: KeyUse,
): readonly string[] {
  if (message !== undefined) return []
  if (inputs !== undefined) return inputs.map(({ txid, vout }) => `output:${chain.id}:${txid}:${String(vout)}`)
  const signer = signerOf(question, chain)
  return nonce === undefined || signer === undefined
    ? []
    : [`nonce:${chain.id}:${signer}:${keyDigestOf(keyUse)}:${nonce.toString()}`]
}

function signerOf({ platform, sources }: Question, chain: Chain): string | undefined {
  const [source] = sources
  return platform === 'fireblocks' || source === undefined ? undefined : readAddress(chain, source)?.key
}
