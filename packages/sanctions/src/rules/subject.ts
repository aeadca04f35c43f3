import type { CanonicalAddress, Chain } from '@callback-quorum/chains'

export type SubjectRole = 'destination' | 'contract' | 'source' | 'spender' | 'payer' | 'grantee'

/** An address to look up. */
export interface Subject {
  readonly role: SubjectRole
  readonly raw: string
  /** Absent when the registry does not know it. */
  readonly chain?: Chain
  readonly known?: CanonicalAddress
}
