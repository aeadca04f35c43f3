import { expecting, filePath, durationBetween, type Check } from '@callback-quorum/service'
import { z } from 'zod'
import { decimalOf, isAtLeast, readDecimal } from './answers/decimal.ts'
import { familiesCovered, neverSeen, outsideCoverage, requestPath, vendorShape } from './vendor-config-parts.ts'

/** More would be asked about each address of each payment; three vendors are already unusual. */
const VENDORS_MAX = 8
/** A node that is this far behind the chain has not heard of a listing. */
const BLOCK_AGE_MS = 10 * 60_000
const PARTIES_MAX = 10_000
const TRM_RULES_MAX = 100

function decimal(most: string, example: string) {
  const isWithin = (text: string): boolean => {
    const value = /^[0-9.]+$/.test(text) ? readDecimal(text) : undefined
    return value !== undefined && isAtLeast(decimalOf(most), value)
  }
  return z.string({ error: expecting(`a decimal string from 0 to ${most}`, example) }).refine(isWithin)
}

const chainId = z
  .string({ error: expecting('an id of a chain in the asset registry', 'ethereum') })
  .min(1)
  .max(64)
const words = z.string().min(1).max(128)

const chainalysisSanctions = z.strictObject({
  ...vendorShape,
  kind: z.literal('chainalysis-sanctions'),
  api_key_file: filePath,
  path: requestPath('/api/v1/address/{address}', 'address'),
  families: familiesCovered,
  outside_coverage: outsideCoverage,
})

const chainalysisOracle = z.strictObject({
  ...vendorShape,
  kind: z.literal('chainalysis-oracle'),
  /** Put into the path at {key}, else sent as a bearer token. */
  api_key_file: filePath.optional(),
  path: requestPath('/'),
  contract: z
    .string({ error: expecting('0x and 40 hexadecimal digits') })
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .default('0x40C57923924B5c5c5455c48D93317139ADDaC8fb'),
  /** EIP-155 id of the chain that the node must be on: Ethereum, where the contract above is. */
  chain_id: z.int().min(1).default(1),
  block_age_max: durationBetween(10_000, 24 * 3_600_000, 'from 10s to 24h').default(BLOCK_AGE_MS),
  outside_coverage: outsideCoverage,
})

const elliptic = z.strictObject({
  ...vendorShape,
  kind: z.literal('elliptic'),
  api_key_file: filePath,
  secret_file: filePath,
  path: requestPath('/v2/wallet/synchronous'),
  families: familiesCovered,
  outside_coverage: outsideCoverage,
  customer_reference: words.default('callback-quorum'),
  reject_score: decimal('10', '"7.5"'),
  reject_categories: z.array(words).default([]),
  never_seen: neverSeen,
})

export const TRM_LEVELS = { low: 1, medium: 5, high: 10, severe: 15 } as const

const trm = z.strictObject({
  ...vendorShape,
  kind: z.literal('trm'),
  api_key_file: filePath,
  path: requestPath('/public/v2/screening/addresses'),
  /** Our chain ids in TRM's words. */
  chains: z.record(chainId, words).refine((chains) => Object.keys(chains).length > 0, {
    error: expecting('at least one chain', '{ ethereum: ethereum }'),
  }),
  outside_coverage: outsideCoverage,
  never_seen: neverSeen,
  reject: z
    .array(
      z.strictObject({
        risk_type: z.enum(['ownership', 'counterparty', 'indirect', 'any']),
        level: z.enum(['low', 'medium', 'high', 'severe']),
        category: words.optional(),
        min_usd: decimal('1000000000000000', '"1000"').optional(),
      }),
    )
    .min(1, { error: expecting('at least one rule', '[{ risk_type: ownership, level: high }]') })
    .max(TRM_RULES_MAX),
})

const yente = z.strictObject({
  ...vendorShape,
  kind: z.literal('yente'),
  api_key_file: filePath.optional(),
  path: requestPath('/match/{dataset}', 'dataset'),
  dataset: z.string({ error: expecting('a dataset name', 'sanctions') }).regex(/^[a-z0-9_]{1,64}$/),
  algorithm: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .default('logic-v2'),
  threshold: decimal('1', '"0.70"').default('0.70'),
  /** A name alone is a weak sign, so whether it may refuse a payment is said here and has no default. */
  on_match: z.enum(['reject', 'report'], { error: expecting('reject or report') }),
  parties: z
    .array(
      z.strictObject({
        chain: chainId,
        address: words,
        name: words,
        schema: z.enum(['Person', 'Company', 'Organization', 'LegalEntity']).default('LegalEntity'),
      }),
    )
    .min(1, { error: expecting('at least one party', '[{ chain: ethereum, address: "0x...", name: Example Ltd }]') })
    .max(PARTIES_MAX),
})

/** The block `vendors:` of the sanctions configuration. Empty or left out: no vendor is asked. */
export const vendorsSchema = z
  .array(z.discriminatedUnion('kind', [chainalysisSanctions, chainalysisOracle, elliptic, trm, yente]))
  .max(VENDORS_MAX, { error: expecting(`at most ${VENDORS_MAX} vendors`) })
  .default([])

export type VendorConfig = z.output<typeof vendorsSchema>[number]
type OfKind<K extends VendorConfig['kind']> = Extract<VendorConfig, { readonly kind: K }>
export type ChainalysisSanctionsConfig = OfKind<'chainalysis-sanctions'>
export type ChainalysisOracleConfig = OfKind<'chainalysis-oracle'>
export type EllipticConfig = OfKind<'elliptic'>
export type TrmConfig = OfKind<'trm'>
export type YenteConfig = OfKind<'yente'>

/** Rules over several members of the block. */
export const checkVendorRules: Check<{ readonly vendors: readonly VendorConfig[] }> = ({ vendors }) =>
  vendors.flatMap(({ name, retries, timeout }, position) => {
    const isTaken = vendors.slice(0, position).some((other) => other.name === name)
    const attemptsMs = (retries + 1) * timeout
    return [
      ...(isTaken
        ? [
            {
              path: ['vendors', position, 'name'],
              problem: 'is the name of another vendor',
              expected: 'one of its own',
            },
          ]
        : []),
      ...(attemptsMs > ATTEMPTS_MS_MAX
        ? [
            {
              path: ['vendors', position, 'timeout'],
              problem: `times ${retries + 1} attempts is longer than any caller waits`,
              expected: `${ATTEMPTS_MS_MAX} ms over all attempts at most`,
            },
          ]
        : []),
    ]
  })

/** Fireblocks waits 30 s, of which the gateway keeps 5; Cobo 10 s. An attempt that cannot end in time is wasted. */
const ATTEMPTS_MS_MAX = 25_000
