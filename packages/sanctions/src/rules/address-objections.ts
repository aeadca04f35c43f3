import type { Chain } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import { publicText } from './public-text.ts'
import type { ScreenedSubject } from './screen-subjects.ts'
import type { ScreeningPolicy } from './screening-policy.ts'

/** Says no where an address cannot be read on its chain: it was looked up as a bare string only. */
export function addressObjections(
  { chain, configChange }: Question,
  screened: readonly ScreenedSubject[],
  policy: ScreeningPolicy,
): readonly Objection[] {
  // Each address of an account that is added to a workspace is of an asset, and a chain, of its own.
  if (configChange !== undefined) return screened.flatMap((subject) => objectionsTo(subject, subject.chain, policy))
  return unreadableChain('this request', chain) ?? screened.flatMap((subject) => objectionsTo(subject, chain, policy))
}

function objectionsTo(
  { role, raw, address }: ScreenedSubject,
  chain: Chain | undefined,
  { addressChecksum }: ScreeningPolicy,
): readonly Objection[] {
  const what = `${role} ${publicText(raw)}`
  const unreadable = unreadableChain(what, chain)
  if (unreadable !== undefined) return unreadable
  const chainId = publicText(chain?.id ?? '')
  if (address === undefined) {
    const text = raw === '' ? `a ${role} on ${chainId} has no address` : `${what} is no address of ${chainId}`
    return [{ code: 'ADDRESS_INVALID', text }]
  }
  if (addressChecksum === 'reject' && address.warnings.includes('ADDRESS_CHECKSUM'))
    return [{ code: 'ADDRESS_CHECKSUM', text: `${what} has a wrong checksum (EIP-55)` }]
  return []
}

function unreadableChain(what: string, chain: Chain | undefined): readonly Objection[] | undefined {
  if (chain === undefined)
    return [{ code: 'CHAIN_UNSUPPORTED', text: `the chain of ${what} is not in the asset registry` }]
  if (chain.family === 'opaque')
    return [{ code: 'CHAIN_UNSUPPORTED', text: `addresses of ${publicText(chain.id)} cannot be read` }]
  return undefined
}
