import type { Objection, Question } from '@callback-quorum/checker-kit'
import { publicText } from './public-text.ts'
import type { ScreenedSubject } from './screen-subjects.ts'
import type { ScreeningPolicy } from './screening-policy.ts'

/** Says no where an address cannot be read on its chain: it was looked up as a bare string only. */
export function addressObjections(
  { chain }: Question,
  screened: readonly ScreenedSubject[],
  { addressChecksum }: ScreeningPolicy,
): readonly Objection[] {
  if (chain === undefined)
    return [{ code: 'CHAIN_UNSUPPORTED', text: 'the chain of this request is not in the asset registry' }]
  if (chain.family === 'opaque')
    return [{ code: 'CHAIN_UNSUPPORTED', text: `addresses of ${publicText(chain.id)} cannot be read` }]
  return screened.flatMap(({ role, raw, address }): readonly Objection[] => {
    const what = `${role} ${publicText(raw)}`
    if (address === undefined)
      return [{ code: 'ADDRESS_INVALID', text: `${what} is no address of ${publicText(chain.id)}` }]
    if (addressChecksum === 'reject' && address.warnings.includes('ADDRESS_CHECKSUM'))
      return [{ code: 'ADDRESS_CHECKSUM', text: `${what} has a wrong checksum (EIP-55)` }]
    return []
  })
}
