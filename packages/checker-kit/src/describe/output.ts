import { canonicalizeAddress, ChainsFault, type CanonicalAddress, type Chain } from '@callback-quorum/chains'
import type { Output } from '../question.ts'
import type { Reading } from './draft.ts'
import { quoted } from './refuse.ts'

export interface WrittenOutput {
  readonly addressText: string
  readonly tag?: string | undefined
  readonly amountAtomic?: bigint | undefined
}

/**
 * One destination as it was written, with its canonical address if it has one. An address that cannot be read stays without
 * one, for the rules to refuse, and is never ours.
 */
export function readOutput(written: WrittenOutput, chain: Chain | undefined, { addresses, refuse }: Reading): Output {
  const address = readAddress(chain, written.addressText)
  const memo = written.tag || undefined
  if (memo !== undefined && address?.tag !== undefined && memo !== address.tag) {
    refuse('OUTPUTS_CONTRADICT', `memo ${quoted(memo)} differs from the tag that its address holds`)
  }
  const tag = memo ?? address?.tag
  return {
    addressText: written.addressText,
    ...(address !== undefined && { address }),
    ...(written.amountAtomic !== undefined && { amountAtomic: written.amountAtomic }),
    ...(tag !== undefined && { tag }),
    own: chain !== undefined && address !== undefined && addresses.ownerOf(address.key, chain.id) !== undefined,
  }
}

export function readAddress(chain: Chain | undefined, text: string): CanonicalAddress | undefined {
  if (chain === undefined || text === '') return undefined
  try {
    return canonicalizeAddress(chain.family, chain.network, text)
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}

/** Two written addresses name the same place, whatever their encoding; texts that cannot be read must be equal. */
export function isSameAddress(chain: Chain | undefined, one: string, other: string): boolean {
  if (one === other) return true
  const key = readAddress(chain, one)?.key
  return key !== undefined && key === readAddress(chain, other)?.key
}
