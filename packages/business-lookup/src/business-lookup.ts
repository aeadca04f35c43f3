import { createHash } from 'node:crypto'
import type { AssetRegistry } from '@callback-quorum/chains'
import { createChecker, type CheckerContext, type CheckerStart } from '@callback-quorum/checker-kit'
import {
  ConfigError,
  readConfigFile,
  type ConfigFile,
  type Database,
  type RunningService,
} from '@callback-quorum/service'
import { lookUpAdminRoutes } from './admin/look-up-admin-routes.ts'
import { notePlatformEvent } from './claims/note-platform-event.ts'
import {
  businessLookupConfigSchema,
  checkBusinessLookupConfig,
  hasSeveralOrganisations,
  type BusinessLookupConfig,
} from './config.ts'
import { knownPayment } from './known-payment.ts'
import { loadOperators, type Operators } from './compare/operators.ts'
import { toleranceProblems } from './compare/tolerance-problems.ts'
import { loadProofKeys, type ProofKeys } from './proof/proof-keys.ts'
import { inboxAdminRoutes } from './connectors/inbox/inbox-admin-routes.ts'
import { measureCertificates } from './connectors/measure-certificates.ts'
import { openConnector } from './connectors/open-connector.ts'
import type { Lookup } from './lookup.ts'
import { knownWhitelisting } from './whitelisting/known-whitelisting.ts'
import { createLookupMetrics } from './metrics.ts'
import { businessLookupMigrations } from './migrations.ts'
import { createReferenceReader } from './reference.ts'

export const readBusinessLookupConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<BusinessLookupConfig>> =>
  readConfigFile(path, businessLookupConfigSchema, env, checkBusinessLookupConfig)

/** What a look-up is opened with: a checker has all of it, a trial on the command line no database where none can be read. */
export type LookupContext = Pick<CheckerContext, 'assets' | 'log' | 'clock' | 'registry'> & {
  readonly database?: Database
  /** False for a trial beside the running checker. */
  readonly listens: boolean
}

export interface OpenLookup extends Lookup {
  /** Of what the configuration names and does not hold: the table of initiators, the keys of proofs. */
  readonly policyDigest: string
  close(): Promise<void>
}

/** What the configuration names and does not hold itself. Asks nobody. Throws one ConfigError for what does not fit the assets. */
export async function readLookupFiles(
  { value, path, directory }: ConfigFile<BusinessLookupConfig>,
  assets: AssetRegistry,
): Promise<{ readonly operators: Operators | undefined; readonly proofKeys: ProofKeys | undefined }> {
  const problems = [...assetProblems(value, assets), ...toleranceProblems(value, assets)]
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path} ${problem}`))
  const operators = await loadOperators(value.compare, directory)
  const proofKeys = value.proof && (await loadProofKeys(value.proof, directory))
  return { operators, proofKeys }
}

/** Everything of the configuration that judging needs; claims nothing by itself. Throws ConfigError for what the operator must change. */
export async function openLookup(
  file: ConfigFile<BusinessLookupConfig>,
  { assets, ...context }: LookupContext,
): Promise<OpenLookup> {
  const { value, directory } = file
  const { operators, proofKeys } = await readLookupFiles(file, assets)
  const readReference = createReferenceReader(value.reference)
  // Last: whatever else is wrong, nothing is left open.
  const connector = await openConnector({ ...context, config: value, directory })
  return {
    rules: { ...value, operators },
    readReference,
    connector,
    assets,
    ...(proofKeys && { proofKeys }),
    hasSeveralOrganisations: hasSeveralOrganisations(value),
    policyDigest: policyDigestOf(operators, proofKeys),
    close: () => connector.close(),
  }
}

/** Starts the business-lookup checker. Throws ConfigError for what the operator must change. */
export function startBusinessLookup(options: CheckerStart<BusinessLookupConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    // By the business record and the description alone: a decoder's bug must not be shared by all checkers.
    judges: 'description',
    migrations: [businessLookupMigrations],
    rules: async (context) => {
      const lookup = await openLookup(file, { ...context, listens: true })
      const metrics = createLookupMetrics(context.registry)
      const { database, log, certificates } = context
      await measureCertificates(file.value, certificates)
      return {
        rules: [knownPayment({ ...lookup, metrics }), knownWhitelisting({ ...lookup, metrics })],
        policyDigest: lookup.policyDigest,
        notReady: () => lookup.connector.problems(),
        parts: [{ name: 'business system', stop: () => lookup.close() }],
        onEvent: notePlatformEvent({ metrics, log }),
        adminRoutes: [
          ...lookUpAdminRoutes({ database, metrics, log }),
          ...(file.value.connector.kind === 'inbox' ? inboxAdminRoutes(database) : []),
        ],
      }
    },
  })
}

function policyDigestOf(operators: Operators | undefined, proofKeys: ProofKeys | undefined): string {
  const keys = [...(proofKeys ?? [])].map(([kid, { fingerprint, notAfterMs }]) => [
    kid,
    fingerprint,
    notAfterMs ?? null,
  ])
  return createHash('sha256')
    .update(JSON.stringify([operators?.digest ?? null, keys]))
    .digest('hex')
}

function assetProblems(
  { asset_codes, map, whitelisting }: BusinessLookupConfig,
  assets: AssetRegistry,
): readonly string[] {
  const maps = { map, ...(whitelisting && { 'whitelisting.map': whitelisting.map }) }
  return Object.entries(asset_codes).flatMap(([code, id]) => {
    const asset = assets.asset(id)
    if (asset === undefined)
      return `asset_codes.${code}: names ${id}, which is not in the registry; expected an id of assets.yaml`
    // Without the column a payment to an account shared by many would be compared without the part that names its owner.
    const untagged = Object.entries(maps).filter(([, { tag }]) => asset.tagged === true && tag === undefined)
    return untagged.map(
      ([name]) => `${name}.tag: is missing, and ${id} is paid with a tag or memo; expected the column that holds it`,
    )
  })
}
