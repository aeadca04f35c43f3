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
import { createSqlConnector } from './sql-connector.ts'

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
    migrations: [{ name: 'business-lookup', directory: migrationsBeside(import.meta.url) }],
    rules: ({ assets, log }) => {
      const unknown = Object.entries(file.value.asset_codes).filter(([, id]) => assets.asset(id) === undefined)
      if (unknown.length > 0) {
        throw new ConfigError(
          unknown.map(
            ([code, id]) =>
              `${file.path} asset_codes.${code}: names ${id}, which is not in the registry; expected an id of assets.yaml`,
          ),
        )
      }
      const connector = createSqlConnector(file.value, log)
      return {
        rules: [knownPayment(file.value, connector, assets)],
        notReady: () => connector.problems(),
        parts: [{ name: 'business system', stop: () => connector.close() }],
      }
    },
  })
}
