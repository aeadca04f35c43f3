import type { Chain, Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import { keyDigestOf } from '../key-digest.ts'
import type { KeyUse, Question } from '../question.ts'

/**
 * What a transaction uses up on its chain: the outputs that it spends, or the nonce of the account that signs. Two that share one of these
 * can never both be final. Named by the bytes, and for a nonce by the account and the key that is asked to sign: the root key that leads to
 * the account is the request's own word, so that another group or path could be another account with a nonce of its own. Never named
 * by what the platform says about a replacement. Fireblocks names no account: there it is the wallet of the organisation, whose key at the path
 * signs, and nothing where no path is named. None where the chain has no such thing that is understood here.
 */
export function slotsOf(
  question: Question,
  chain: Chain,
  { message, inputs, nonce }: Decoded,
  keyUse: KeyUse,
): readonly string[] {
  if (message !== undefined) return []
  if (inputs !== undefined) return inputs.map(({ txid, vout }) => `output:${chain.id}:${txid}:${String(vout)}`)
  const signer = signerOf(question, chain, keyUse)
  return nonce === undefined || signer === undefined
    ? []
    : [`nonce:${chain.id}:${signer}:${keyDigestOf(keyUse)}:${nonce.toString()}`]
}

function signerOf(
  { platform, organisation, sources, wallet }: Question,
  chain: Chain,
  keyUse: KeyUse,
): string | undefined {
  switch (platform) {
    case 'cobo': {
      const [source] = sources
      return source === undefined ? undefined : readAddress(chain, source)?.key
    }
    case 'fireblocks':
      return wallet === undefined || keyUse.paths.length === 0 ? undefined : `fireblocks:${organisation}:${wallet}`
    default:
      return platform satisfies never
  }
}
