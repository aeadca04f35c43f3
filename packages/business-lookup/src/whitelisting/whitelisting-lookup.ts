import type { AssetRegistry } from '@callback-quorum/chains'
import type { BusinessLookupConfig } from '../config.ts'
import type { Connector } from '../connectors/connector.ts'
import type { WhitelistingConfig } from './whitelisting-config.ts'

export type WhitelistingRules = Pick<BusinessLookupConfig, 'asset_codes' | 'not_found' | 'give_up_after'> & {
  readonly whitelisting: WhitelistingConfig
}

/** What judging a whitelisting by its record stands on. Without the block of the configuration nothing is approved. */
export interface WhitelistingLookup {
  readonly rules: Omit<WhitelistingRules, 'whitelisting'> & { readonly whitelisting?: WhitelistingConfig | undefined }
  readonly connector: Connector
  readonly assets: AssetRegistry
}
