import { Counter, Histogram, type Registry } from 'prom-client'

/**
 * What became of a claim. `refused`: another transaction has the reference. `contradicted`: the platform says that it signed for a transaction that had
 * given its reference back; people must look.
 */
const CLAIM_RESULTS = ['claimed', 'again', 'replaced', 'refused', 'released', 'contradicted'] as const

export interface LookupMetrics {
  /** By the first code; `none` for an approval. */
  readonly lookups: Counter<'connector' | 'outcome' | 'code'>
  /** The business system alone, without comparing and claiming. */
  readonly seconds: Histogram<'connector' | 'outcome'>
  readonly claims: Counter<'result'>
}

/** Labels never hold references, addresses or amounts. `outcome`: approved, rejected, failed (could not tell). */
export function createLookupMetrics(registry: Registry): LookupMetrics {
  const registers = [registry]
  const metrics: LookupMetrics = {
    lookups: new Counter({
      name: 'callback_quorum_lookup_total',
      help: 'Payments judged by their record in the business system, by connector, outcome and first code (none for an approval)',
      labelNames: ['connector', 'outcome', 'code'],
      registers,
    }),
    seconds: new Histogram({
      name: 'callback_quorum_lookup_seconds',
      help: 'Time the business system took to answer',
      labelNames: ['connector', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 4, 8],
      registers,
    }),
    claims: new Counter({
      name: 'callback_quorum_lookup_claims_total',
      help: 'What became of claims on references: claimed, again, replaced, refused, released, contradicted (signed after a release)',
      labelNames: ['result'],
      registers,
    }),
  }
  for (const result of CLAIM_RESULTS) metrics.claims.inc({ result }, 0)
  return metrics
}
