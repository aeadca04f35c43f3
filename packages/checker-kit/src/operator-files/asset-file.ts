import {
  assetRegistrySchema,
  ChainsFault,
  createAssetRegistry,
  STARTER_ASSETS,
  type AssetRegistry,
  type AssetRegistryData,
} from '@callback-quorum/chains'
import { digestOf } from '@callback-quorum/protocol'
import { readConfigFile, type Problem } from '@callback-quorum/service'

export interface LoadedAssets {
  readonly registry: AssetRegistry
  /** Of the file's content, for the policy digest. */
  readonly digest: string
}

/** Reads assets.yaml; throws ConfigError. No path takes the starter registry; a file replaces it and is not added to it. */
export async function loadAssets(path: string | undefined): Promise<LoadedAssets> {
  if (path === undefined) {
    const digest = digestOf(new TextEncoder().encode(JSON.stringify(STARTER_ASSETS)))
    return { registry: createAssetRegistry(STARTER_ASSETS), digest }
  }
  const { value, digest } = await readConfigFile(path, assetRegistrySchema, {}, contradictions)
  return { registry: createAssetRegistry(value), digest }
}

/** What no single entry shows: ids that stand twice, chains that are not listed, contracts that are no address of their chain. */
function contradictions(data: AssetRegistryData): readonly Problem[] {
  try {
    createAssetRegistry(data)
    return []
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    return [{ path: [], problem: error.detail ?? error.message }]
  }
}
