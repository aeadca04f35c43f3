import { ConfigError, createMetricsRegistry, systemClock, type ConfigFile, type Logger } from '@callback-quorum/service'
import type { AssetRegistry } from '@callback-quorum/chains'
import { openLookup } from './business-lookup.ts'
import type { BusinessLookupConfig } from './config.ts'
import type { LookUp } from './connectors/connector.ts'

/** No business system has a payment of this name; where the configuration demands another form, only the answer's form differs. */
const PROBE_REFERENCE = 'callback-quorum-doctor'

export interface ProbeOptions {
  readonly assets: AssetRegistry
  readonly log: Logger
  readonly signal: AbortSignal
}

export type Probed =
  | { readonly result: 'answered' }
  /** What is pushed is not asked for. */
  | { readonly result: 'pushed' }
  | { readonly result: 'problem'; readonly problems: readonly string[] }
  /** It answered; whether as it answers about payments cannot be told from an unknown one. */
  | { readonly result: 'unclear'; readonly text: string }

/** Asks the business system once about a payment that does not exist, as the checker would ask. Claims nothing. */
export async function probeConnector(
  file: ConfigFile<BusinessLookupConfig>,
  { assets, log, signal }: ProbeOptions,
): Promise<Probed> {
  if (file.value.connector.kind === 'inbox') return { result: 'pushed' }
  const registry = createMetricsRegistry(file.value.service_name)
  try {
    const lookup = await openLookup(file, { assets, log, registry, clock: systemClock, listens: false })
    try {
      const { connector } = lookup
      const organisation = file.value.callers[0]?.organisation ?? ''
      const looked = await connector.lookUp({ reference: PROBE_REFERENCE, organisation }, signal)
      return probedOf(looked, await connector.problems())
    } finally {
      await lookup.close()
    }
  } catch (error) {
    if (error instanceof ConfigError) return { result: 'problem', problems: error.problems }
    throw error
  }
}

function probedOf(looked: LookUp, problems: readonly string[]): Probed {
  switch (looked.found) {
    case 'one':
    case 'none':
    case 'many':
      return problems.length === 0 ? { result: 'answered' } : { result: 'problem', problems }
    case 'unavailable':
      return { result: 'problem', problems: [`${looked.code}: ${looked.text}`, ...problems] }
    case 'refused':
      return looked.code === 'CONNECTOR_AUTH'
        ? { result: 'problem', problems: [`${looked.code}: ${looked.text}`, ...problems] }
        : { result: 'unclear', text: `${looked.code}: ${looked.text}` }
    default:
      throw new Error(`invariant: unknown finding ${JSON.stringify(looked satisfies never)}`)
  }
}
