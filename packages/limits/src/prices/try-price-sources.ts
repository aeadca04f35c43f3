import type { AssetRegistry } from '@callback-quorum/chains'
import { ConfigError } from '@callback-quorum/service'
import { createFileReader } from './file-reader.ts'
import { openHttpReader } from './http-reader.ts'
import type { PricesConfig } from './prices-config.ts'
import { SourceFault } from './source-fault.ts'

/** What one source said when it was asked once; a problem holds nothing that was received. */
export interface TriedSource {
  readonly name: string
  readonly quotes: number
  readonly problem?: string
}

interface TryOptions {
  /** What the paths of the configuration are relative to. */
  readonly directory: string
  readonly assets: AssetRegistry
  readonly signal: AbortSignal
}

/** Asks every source once, as the checker does again and again. Never throws for what a source says or is. */
export function tryPriceSources(config: PricesConfig, options: TryOptions): Promise<readonly TriedSource[]> {
  return Promise.all(config.sources.map((source) => trySource(source, options)))
}

async function trySource(
  source: PricesConfig['sources'][number],
  { directory, assets, signal }: TryOptions,
): Promise<TriedSource> {
  const { name } = source
  try {
    const reader =
      source.kind === 'file' ? createFileReader(source, directory, assets) : await openHttpReader(source, directory)
    try {
      return { name, quotes: (await reader.read(signal)).length }
    } finally {
      await reader.close?.()
    }
  } catch (error) {
    if (error instanceof SourceFault || error instanceof ConfigError) return { name, quotes: 0, problem: error.message }
    throw error
  }
}
