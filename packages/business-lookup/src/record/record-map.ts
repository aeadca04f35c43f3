import { expecting, type Problem } from '@callback-quorum/service'
import { z } from 'zod'

/** RFC 6901; the empty pointer is the whole document and no field. */
const POINTER = /^(?:\/(?:[^/~]|~[01])*)+$/
const COLUMN = /^[a-z_][a-z0-9_]{0,62}$/
const PLACES = [
  'reference',
  'status',
  'asset',
  'amount',
  'destination',
  'tag',
  'expires_at',
  'initiator',
  'source',
  'calldata',
  'proof',
] as const

export const place = z.strictObject(
  {
    at: z.string({ error: expecting('a column of the query or a JSON pointer', '{ at: state }') }).max(256),
    optional: z.boolean().optional(),
    allow_number: z.boolean().optional(),
  },
  { error: expecting('where the field stands', '{ at: state }') },
)

/**
 * Where the fields stand in a record: columns for `sql`, JSON pointers (RFC 6901) for `http` and `inbox`. With `outputs` a record is a batch: `amount`,
 * `destination` and `tag` are then read in each element of that list (`sql`: in each row), everything else once.
 */
export const recordMapSchema = z.strictObject({
  /** The reference as the record itself has it, so that no other spelling of it finds the same payment. */
  reference: place.optional(),
  status: place,
  asset: place,
  /** Decimal text in whole units of the asset. */
  amount: place,
  destination: place,
  tag: place.optional(),
  expires_at: place.optional(),
  initiator: place.optional(),
  source: place.optional(),
  calldata: place.optional(),
  proof: place.optional(),
  outputs: z
    .union([z.strictObject({ at: z.string().regex(POINTER) }), z.literal('rows')], {
      error: expecting('the list of payments, or rows for sql', '{ at: /payments }'),
    })
    .optional(),
})
export type RecordMap = z.output<typeof recordMapSchema>

/** What reading a record needs; one of a whitelisting has no amount. */
export type ReadMap = Omit<RecordMap, 'amount'> & Partial<Pick<RecordMap, 'amount'>>

/** What cannot be said by the schema: the places fit the kind of connector. */
export function checkRecordMap(map: ReadMap, kind: 'http' | 'sql' | 'inbox'): readonly Problem[] {
  const [pattern, expected, example] =
    kind === 'sql' ? [COLUMN, 'a column name', 'state'] : [POINTER, 'a JSON pointer', '/state']
  const problems: Problem[] = PLACES.flatMap((name) => {
    const at = map[name]?.at
    return at === undefined || pattern.test(at)
      ? []
      : [
          {
            path: ['map', name, 'at'],
            problem: `is not ${expected}`,
            expected: `${expected} for connector.kind ${kind}`,
            example,
          },
        ]
  })
  if (map.outputs !== undefined && (map.outputs === 'rows') !== (kind === 'sql'))
    problems.push({
      path: ['map', 'outputs'],
      problem: `does not go with connector.kind ${kind}`,
      expected: kind === 'sql' ? 'rows' : 'a JSON pointer to a list',
      example: kind === 'sql' ? 'rows' : '{ at: /payments }',
    })
  return problems
}
