import type { Binding, Question } from '@callback-quorum/checker-kit'
import type { Chain } from '@callback-quorum/chains'

/** The binding of a payment. This checker is started with `judges: raw` and accepts nothing unbound, so that it is always there. */
export function boundOf({ binding, chain }: Question): Binding & { readonly chain: Chain } {
  if (binding === undefined || chain === undefined) throw new Error('invariant: only bound payments reach the rules')
  return { ...binding, chain }
}
