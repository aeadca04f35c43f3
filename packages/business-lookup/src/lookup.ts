import type { AssetRegistry } from '@callback-quorum/chains'
import type { ComparisonRules } from './compare/comparison-rules.ts'
import type { BusinessLookupConfig } from './config.ts'
import type { Connector } from './connectors/connector.ts'
import type { ProofKeys } from './proof/proof-keys.ts'
import type { ReadReference } from './reference.ts'

/** What judging a payment, or a whitelisting, by its record stands on. */
export interface Lookup {
  readonly rules: ComparisonRules &
    Pick<BusinessLookupConfig, 'not_found' | 'give_up_after'> &
    Partial<Pick<BusinessLookupConfig, 'whitelisting'>>
  readonly readReference: ReadReference
  readonly connector: Connector
  readonly assets: AssetRegistry
  /** With them a record counts only with the business system's own signature. */
  readonly proofKeys?: ProofKeys
  /** Callers of more than one ask: a proof has to say for which it is. */
  readonly hasSeveralOrganisations?: boolean
}
