import { expecting, filePath, notAfter, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import type { RecordMap } from '../record/record-map.ts'

/** RFC 7518 section 3.1 and RFC 8037. Never `none`, and no HMAC: whoever can verify one can make one. */
export const PROOF_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const
export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number]

/** As it stands in a header; visible, so that it can stand in a text. */
export const KID = /^[\x21-\x7e]{1,128}$/

const proofKey = z.strictObject({
  file: filePath,
  kid: z.string({ error: expecting('the key id that the business system writes', '"2026-1"') }).regex(KID),
  /** The last moment at which a signature of this key counts. */
  not_after: notAfter.optional(),
})

/** The keys of the business system: with them a record counts only with its signature. */
export const proofSchema = z.strictObject({
  keys: z
    .array(proofKey, { error: expecting('a list of keys', '[{ file: keys/business.pub, kid: "2026-1" }]') })
    .min(1),
  /** Without it each key has the one algorithm that follows from it: RS256, ES256 or EdDSA. */
  algorithms: z.array(z.enum(PROOF_ALGORITHMS)).min(1).optional(),
})
export type ProofConfig = z.output<typeof proofSchema>

/** What cannot be said by the schema: a signature is read where one is demanded, and the other way round; a key id names one key. */
export function checkProof(proof: ProofConfig | undefined, map: RecordMap): readonly Problem[] {
  const problems: Problem[] = []
  if (proof !== undefined && map.proof === undefined)
    problems.push({ path: ['map', 'proof'], problem: 'is missing', expected: 'where the signature stands' })
  if (proof === undefined && map.proof !== undefined)
    problems.push({ path: ['map', 'proof'], problem: 'is read and never verified', expected: 'proof with its keys' })
  const kids = (proof?.keys ?? []).map(({ kid }) => kid)
  kids.forEach((kid, index) => {
    if (kids.indexOf(kid) < index)
      problems.push({
        path: ['proof', 'keys', index, 'kid'],
        problem: 'stands twice',
        expected: 'an id of its own for each key',
      })
  })
  return problems
}
