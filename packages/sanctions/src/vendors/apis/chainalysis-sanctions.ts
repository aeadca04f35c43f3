import { z } from 'zod'
import { readAnswer } from '../answers/read-answer.ts'
import { coverageOf } from '../coverage-of.ts'
import type { VendorApi } from '../vendor.ts'
import type { ChainalysisSanctionsConfig } from '../vendors-config.ts'

/** An empty list is the documented answer for an address that is not sanctioned; a missing one is no answer. */
const answerSchema = z.object({
  identifications: z.array(z.object({ category: z.string(), name: z.string().nullish() })),
})

/**
 * Chainalysis Sanctions API: `GET /api/v1/address/{address}` with `X-API-Key`. Every identification rejects.
 * Source: developers.chainalysis.com, "Sanctions Screening", "Check if an address is sanctioned".
 */
export function chainalysisSanctions({
  path,
  families,
  outside_coverage: outside,
}: ChainalysisSanctionsConfig): VendorApi {
  return {
    readsText: true,
    coverage: coverageOf(families, outside),
    exchange: ({ text }, { key = '' }) => ({
      method: 'GET',
      path: path.replace('{address}', encodeURIComponent(text)),
      headers: { 'x-api-key': key },
      statuses: [200],
      read: ({ body }) => ({
        status: 'ok',
        findings: readAnswer(body, answerSchema).identifications.map(({ category, name }) => ({
          category,
          level: name ?? 'identified',
          effect: 'reject',
        })),
      }),
    }),
  }
}
