import { expecting, filePath, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import type { ReadMap } from '../record/record-map.ts'

/** Ten per cent: beyond that it is not a tolerance but another amount. */
const BPS_MAX = 1_000
/** Whole units of the asset, without sign or exponent. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,77})(?:\.[0-9]{1,77})?$/

const only = <Op extends string>(op: Op) =>
  z.strictObject({ op: z.literal(op, { error: expecting(`${op}, which cannot be weakened`, `{ op: ${op} }`) }) })

const amount = z.discriminatedUnion(
  'op',
  [
    z.strictObject({ op: z.literal('equal') }),
    /** The request may pay less than was approved, never more. */
    z.strictObject({ op: z.literal('at_most') }),
    z.strictObject({
      op: z.literal('within'),
      by: z.string({ error: expecting('whole units as a text', '"0.5"') }).regex(DECIMAL),
    }),
    z.strictObject({ op: z.literal('within_bps'), by: z.int().min(1).max(BPS_MAX) }),
  ],
  { error: expecting('one of equal, at_most, within, within_bps', '{ op: equal }') },
)

/** How each field is compared. What is left out is compared as strictly as can be: `equal`, `same_address`, `after`. */
export const compareSchema = z.strictObject({
  status: z.strictObject({ in: z.array(z.string().min(1)).min(1) }),
  amount: amount.optional(),
  asset: only('equal').optional(),
  destination: only('same_address').optional(),
  tag: only('equal').optional(),
  initiator: z
    .discriminatedUnion(
      'op',
      [
        z.strictObject({ op: z.literal('equal') }),
        /** `table` names, for each operator of the business system, who that is on the platform. */
        z.strictObject({ op: z.literal('mapped'), table: filePath }),
      ],
      { error: expecting('equal, or mapped with its table', '{ op: mapped, table: operators.yaml }') },
    )
    .optional(),
  source: only('equal').optional(),
  calldata: only('equal').optional(),
  expires_at: only('after').optional(),
  no_expiry: z.literal(true).optional(),
  /** The record does not repeat its reference: then whoever looks it up must take it letter by letter, case and spaces included. */
  no_reference: z.literal(true).optional(),
})
export type CompareConfig = z.output<typeof compareSchema>

/** Only compared when both say so: a mapped field that nothing compares, or the other way round, is a mistake. */
const PAIRED = ['initiator', 'source', 'calldata'] as const

/** What cannot be said by the schema: what is compared is mapped, and the other way round. */
export function checkCompare(compare: CompareConfig, map: ReadMap, kind: 'http' | 'sql' | 'inbox'): readonly Problem[] {
  const problems: Problem[] = []
  const add = (path: readonly string[], problem: string, expected: string): void => {
    problems.push({ path, problem, expected })
  }
  for (const name of PAIRED) {
    if (map[name] !== undefined && compare[name] === undefined)
      add(['map', name], 'is read and never compared', `compare.${name}, or this line left out`)
    if (map[name] === undefined && compare[name] !== undefined)
      add(['compare', name], 'compares what is not read', `map.${name}, or this line left out`)
  }
  if (map.tag === undefined && compare.tag !== undefined)
    add(['compare', 'tag'], 'compares what is not read', 'map.tag, or this line left out')
  // The inbox knows an intent by its reference and nothing else.
  const isExact = compare.no_reference === true || kind === 'inbox'
  if (map.reference === undefined && !isExact)
    add(
      ['map', 'reference'],
      'is missing',
      'where the record repeats its reference, or compare: { no_reference: true }',
    )
  if (map.reference !== undefined && compare.no_reference === true)
    add(['compare', 'no_reference'], 'contradicts map.reference', 'one of the two')
  const isLasting = compare.no_expiry === true
  if (map.expires_at === undefined && !isLasting)
    add(['map', 'expires_at'], 'is missing', 'where the end of validity stands, or compare: { no_expiry: true }')
  if (map.expires_at !== undefined && isLasting)
    add(['compare', 'no_expiry'], 'contradicts map.expires_at', 'one of the two')
  if (compare.expires_at !== undefined && isLasting)
    add(['compare', 'no_expiry'], 'contradicts compare.expires_at', 'one of the two')
  return problems
}
