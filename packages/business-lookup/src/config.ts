import { checkCheckerConfig, checkerConfigShape } from '@callback-quorum/checker-kit'
import { duration, expecting, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import { checkCompare, compareSchema } from './compare/compare-config.ts'
import { checkHttpConnector } from './connectors/http/check-http-connector.ts'
import { httpConnectorSchema } from './connectors/http/http-config.ts'
import {
  checkInboxConnector,
  inboxConnectorSchema,
  type InboxConfig,
  type InboxConnectorConfig,
} from './connectors/inbox/inbox-config.ts'
import {
  checkSqlConnector,
  sqlConnectorSchema,
  type SqlConnectorConfig,
} from './connectors/sql/sql-connector-config.ts'
import { isMysql } from './connectors/sql/server-address.ts'
import { checkProof, proofSchema } from './proof/proof-config.ts'
import { checkRecordMap, recordMapSchema } from './record/record-map.ts'
import { checkWhitelisting } from './whitelisting/check-whitelisting.ts'
import { whitelistingSchema } from './whitelisting/whitelisting-config.ts'
import { checkReferencePattern, REFERENCE_SOURCES } from './reference.ts'

/** How long a request may be ahead of the business system's own commit or replica. */
const RETRY_FOR_MS = 15_000
/** A business system that is away for so long is a matter for people, not for one payment. */
const GIVE_UP_AFTER_MS = 600_000

export const businessLookupConfigShape = {
  ...checkerConfigShape,
  reference: z.strictObject({
    /** The first that is not empty is the reference. */
    from: z.array(z.enum(REFERENCE_SOURCES)).min(1).default(['reference']),
    pattern: z.string({ error: expecting('an anchored regular expression', '"^WD-[0-9]{8}$"') }).regex(/^\^.*\$$/),
  }),
  connector: z.discriminatedUnion('kind', [httpConnectorSchema, sqlConnectorSchema, inboxConnectorSchema], {
    error: expecting('a connector with a kind of http, sql or inbox', '{ kind: http, url: ... }'),
  }),
  map: recordMapSchema,
  /** What the business system calls an asset, and the id of that asset in assets.yaml. */
  asset_codes: z.record(z.string().min(1), z.string().min(1)),
  compare: compareSchema,
  proof: proofSchema.optional(),
  /** Where addresses are looked up that Fireblocks asks to whitelist; without it none is approved. */
  whitelisting: whitelistingSchema.optional(),
  not_found: z.strictObject({ retry_for: duration.default(RETRY_FOR_MS) }).prefault({}),
  /** How long a business system that cannot be asked defers, from the first asking on; later it rejects. */
  give_up_after: duration.default(GIVE_UP_AFTER_MS),
}

export const businessLookupConfigSchema = z.strictObject(businessLookupConfigShape)
export type BusinessLookupConfig = z.output<typeof businessLookupConfigSchema>

/** The rules over several members. Empty when they agree. */
export const checkBusinessLookupConfig = (config: BusinessLookupConfig): readonly Problem[] => [
  ...checkCheckerConfig(config),
  ...checkConnector(config),
  ...checkOrganisations(config),
  ...checkRecordMap(config.map, config.connector.kind),
  ...checkReferencePattern(config.reference.pattern),
  ...checkCompare(config.compare, config.map, config.connector.kind),
  ...checkProof(config.proof, config.map),
  ...checkWhitelisting(config, hasSeveralOrganisations(config)),
]

function checkConnector(config: BusinessLookupConfig): readonly Problem[] {
  const { connector, profile } = config
  switch (connector.kind) {
    case 'http':
      return checkHttpConnector(connector, profile)
    case 'sql':
      return [...checkSqlConnector(connector, profile), ...checkSpelling(config, connector)]
    case 'inbox':
      return [...checkInboxConnector(inboxConfigOf(config, connector), profile), ...checkInboxProof(config, connector)]
    default:
      throw new Error(`invariant: unknown connector ${JSON.stringify(connector satisfies never)}`)
  }
}

export const hasSeveralOrganisations = ({ callers }: Pick<BusinessLookupConfig, 'callers'>): boolean =>
  new Set(callers.map(({ organisation }) => organisation)).size > 1

/** A reference pays once in each organisation: asked without it, one payment would answer to all of them and be paid by each. */
function checkOrganisations({ callers, connector }: BusinessLookupConfig): readonly Problem[] {
  if (!hasSeveralOrganisations({ callers })) return []
  const problem = (member: string, expected: string): readonly Problem[] => [
    { path: ['connector', member], problem: 'leaves out the organisation, and callers name several', expected },
  ]
  switch (connector.kind) {
    case 'http':
      return connector.url.includes('{organisation}') ? [] : problem('url', '{organisation} in it')
    case 'sql':
      return connector.params.includes('organisation') ? [] : problem('params', 'organisation among them')
    case 'inbox':
      return []
    default:
      throw new Error(`invariant: unknown connector ${JSON.stringify(connector satisfies never)}`)
  }
}

/** In MySQL and MariaDB texts are equal without case, accents and trailing spaces, and to numbers. */
function checkSpelling({ compare }: BusinessLookupConfig, connector: SqlConnectorConfig): readonly Problem[] {
  if (compare.no_reference === undefined || !isMysql(connector.database_url)) return []
  return [
    {
      path: ['compare', 'no_reference'],
      problem: 'would let one payment answer to several references in MySQL and MariaDB',
      expected: 'map.reference',
    },
  ]
}

/** The words that approve stand in `compare.status.in` and nowhere else. */
export const inboxConfigOf = (
  { compare }: Pick<BusinessLookupConfig, 'compare'>,
  connector: InboxConnectorConfig,
): InboxConfig => ({ ...connector, approved_status: compare.status.in })

function checkInboxProof({ proof, map }: BusinessLookupConfig, connector: InboxConnectorConfig): readonly Problem[] {
  if (connector.proof === 'none') return []
  if (proof !== undefined && map.proof !== undefined) return []
  return [
    {
      path: ['proof'],
      problem: 'is missing, and connector.proof demands it',
      expected: 'proof.keys and map.proof, or connector: { proof: none }',
    },
  ]
}
