import type { CanonicalAddress } from '@callback-quorum/chains'

export type SubjectRole = 'destination' | 'contract' | 'source' | 'spender' | 'payer' | 'grantee'

/** An address to look up. */
export interface Subject {
  readonly role: SubjectRole
  readonly raw: string
  readonly known?: CanonicalAddress
}
