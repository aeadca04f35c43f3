import type { AssetRegistry } from '@callback-quorum/chains'
import { createChecker, type CheckerStart } from '@callback-quorum/checker-kit'
import {
  ConfigError,
  migrationsBeside,
  readConfigFile,
  type ConfigFile,
  type RunningService,
} from '@callback-quorum/service'
import { businessLookupConfigSchema, checkBusinessLookupConfig, type BusinessLookupConfig } from './config.ts'
import { knownPayment } from './known-payment.ts'
import { openSqlConnector } from './connectors/sql/sql-connector.ts'

export const readBusinessLookupConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<BusinessLookupConfig>> =>
  readConfigFile(path, businessLookupConfigSchema, env, checkBusinessLookupConfig)

/** Starts the business-lookup checker. Throws ConfigError for what the operator must change. */
export function startBusinessLookup(options: CheckerStart<BusinessLookupConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    // By the business record and the description alone: a decoder's bug must not be shared by all checkers.
    judges: 'description',
    migrations: [{ name: 'business-lookup', directory: migrationsBeside(import.meta.url) }],
    rules: async ({ assets, ...context }) => {
      const problems = assetProblems(file.value, assets)
      if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${file.path} ${problem}`))
      const { connector: config, map } = file.value
      const connector = await openSqlConnector({ ...context, config, map })
      return {
        rules: [knownPayment(file.value, connector, assets)],
        notReady: () => connector.problems(),
        parts: [{ name: 'business system', stop: () => connector.close() }],
      }
    },
  })
}

function assetProblems({ asset_codes, map }: BusinessLookupConfig, assets: AssetRegistry): readonly string[] {
  return Object.entries(asset_codes).flatMap(([code, id]) => {
    const asset = assets.asset(id)
    if (asset === undefined)
      return `asset_codes.${code}: names ${id}, which is not in the registry; expected an id of assets.yaml`
    // Without the column a payment to an account shared by many would be compared without the part that names its owner.
    return asset.tagged === true && map.tag === undefined
      ? `map.tag: is missing, and ${id} is paid with a tag or memo; expected the column that holds it`
      : []
  })
}
