import { checkerConfigShape } from '@callback-quorum/checker-kit'
import { checkCommonRules, duration, expecting, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import { checkSqlConnector, sqlConnectorSchema } from './connectors/sql/sql-connector-config.ts'
import { checkRecordMap, recordMapSchema } from './record/record-map.ts'

/** How long a request may be ahead of the business system's own commit or replica. */
const RETRY_FOR_MS = 15_000

/** Where the reference of a payment is found. */
const SOURCES = ['reference', 'transaction_id', 'description'] as const

export const businessLookupConfigShape = {
  ...checkerConfigShape,
  reference: z.strictObject({
    /** The first that is not empty is the reference. */
    from: z.array(z.enum(SOURCES)).min(1).default(['reference']),
    pattern: z.string({ error: expecting('an anchored regular expression', '"^WD-[0-9]{8}$"') }).regex(/^\^.*\$$/),
  }),
  connector: sqlConnectorSchema,
  map: recordMapSchema,
  /** What the business system calls an asset, and the id of that asset in assets.yaml. */
  asset_codes: z.record(z.string().min(1), z.string().min(1)),
  compare: z.strictObject({
    status: z.strictObject({ in: z.array(z.string().min(1)).min(1) }),
    no_expiry: z.literal(true).optional(),
  }),
  not_found: z.strictObject({ retry_for: duration.default(RETRY_FOR_MS) }).prefault({}),
}

export const businessLookupConfigSchema = z.strictObject(businessLookupConfigShape)
export type BusinessLookupConfig = z.output<typeof businessLookupConfigSchema>

/** The rules over several members. Empty when they agree. */
export function checkBusinessLookupConfig(config: BusinessLookupConfig): readonly Problem[] {
  const problems: Problem[] = [
    ...checkCommonRules(config),
    ...checkSqlConnector(config.connector, config.profile),
    ...checkRecordMap(config.map, config.connector.kind),
  ]
  try {
    new RegExp(config.reference.pattern, 'u')
  } catch {
    problems.push({
      path: ['reference', 'pattern'],
      problem: 'is no regular expression',
      expected: 'an anchored one',
      example: '"^WD-[0-9]{8}$"',
    })
  }
  if (config.map.expires_at === undefined && config.compare.no_expiry === undefined) {
    problems.push({
      path: ['map', 'expires_at'],
      problem: 'is missing',
      expected: 'the column with the time until which the payment is valid, or compare: { no_expiry: true }',
    })
  }
  return problems
}
