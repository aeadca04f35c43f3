import { checkerConfigShape } from '@callback-quorum/checker-kit'
import { checkCommonRules, duration, expecting, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import { checkCompare, compareSchema } from './compare/compare-config.ts'
import { checkProof, proofSchema } from './proof/proof-config.ts'
import { checkRecordMap, recordMapSchema } from './record/record-map.ts'
import { checkReferencePattern, REFERENCE_SOURCES } from './reference.ts'

/** How long a request may be ahead of the business system's own commit or replica. */
const RETRY_FOR_MS = 15_000
const STATEMENT_TIMEOUT_MS = 2_000
/** A business system that is away for so long is a matter for people, not for one payment. */
const GIVE_UP_AFTER_MS = 600_000

/** What a query may be asked for; nothing else of a request ever reaches the business system. */
const PARAMETERS = ['reference', 'organisation'] as const

export const businessLookupConfigShape = {
  ...checkerConfigShape,
  reference: z.strictObject({
    /** The first that is not empty is the reference. */
    from: z.array(z.enum(REFERENCE_SOURCES)).min(1).default(['reference']),
    pattern: z.string({ error: expecting('an anchored regular expression', '"^WD-[0-9]{8}$"') }).regex(/^\^.*\$$/),
  }),
  connector: z.strictObject({
    kind: z.literal('sql'),
    database_url: z
      .string({ error: expecting('a postgres:// URL of a role that may only read') })
      .refine((text) => /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)),
    query: z.string().min(1).max(10_000),
    params: z.array(z.enum(PARAMETERS)).min(1),
    statement_timeout: duration.default(STATEMENT_TIMEOUT_MS),
  }),
  map: recordMapSchema,
  /** What the business system calls an asset, and the id of that asset in assets.yaml. */
  asset_codes: z.record(z.string().min(1), z.string().min(1)),
  compare: compareSchema,
  proof: proofSchema.optional(),
  not_found: z.strictObject({ retry_for: duration.default(RETRY_FOR_MS) }).prefault({}),
  /** How long a business system that cannot be asked defers, from the first asking on; later it rejects. */
  give_up_after: duration.default(GIVE_UP_AFTER_MS),
}

export const businessLookupConfigSchema = z.strictObject(businessLookupConfigShape)
export type BusinessLookupConfig = z.output<typeof businessLookupConfigSchema>

/** The rules over several members. Empty when they agree. */
export function checkBusinessLookupConfig(config: BusinessLookupConfig): readonly Problem[] {
  const problems: Problem[] = [
    ...checkCommonRules(config),
    ...checkRecordMap(config.map, config.connector.kind),
    ...checkReferencePattern(config.reference.pattern),
    ...checkCompare(config.compare, config.map, config.connector.kind),
    ...checkProof(config.proof, config.map),
  ]
  if (!config.connector.params.includes('reference')) {
    problems.push({
      path: ['connector', 'params'],
      problem: 'does not pass the reference',
      expected: 'reference among them',
    })
  }
  const used = new Set([...config.connector.query.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))
  const isComplete =
    config.connector.params.every((_, index) => used.has(index + 1)) && used.size === config.connector.params.length
  if (!isComplete) {
    problems.push({
      path: ['connector', 'query'],
      problem: 'does not use exactly the parameters of params',
      expected: `$1 to $${config.connector.params.length}`,
    })
  }
  return problems
}
