import { z } from 'zod'

const moment = z.iso.datetime().transform((text) => new Date(text))
const code = z.looseObject({ code: z.string() })

const block = z
  .strictObject({
    blockId: z.string(),
    keys: z.array(z.string()),
    scope: z.string(),
    reason: z.string(),
    sourceRef: z.string(),
    effectiveFrom: moment,
    expiresAt: moment.nullable(),
  })
  .transform(({ blockId, expiresAt, ...kept }) => ({
    ...kept,
    blockId: BigInt(blockId),
    ...(expiresAt !== null && { expiresAt }),
  }))

const override = z
  .strictObject({
    overrideId: z.string(),
    keys: z.array(z.string()),
    boundTo: z.array(
      z.strictObject({
        source: z.string(),
        partyId: z.string(),
        featureId: z.string(),
        entryFingerprint: z.string(),
        strength: z.enum(['L1', 'L2', 'L3']),
      }),
    ),
    organisation: z.string(),
    wallet: z.string(),
    maximum: z.strictObject({ asset: z.string(), amountAtomic: z.string().transform(BigInt) }).nullable(),
    licenceRef: z.string().nullable(),
    expiresAt: moment,
  })
  .transform(({ overrideId, maximum, licenceRef, ...kept }) => ({
    ...kept,
    overrideId: BigInt(overrideId),
    ...(maximum !== null && { maximum }),
    ...(licenceRef !== null && { licenceRef }),
  }))

const list = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('absent'), why: z.string() }),
  z.looseObject({
    state: z.enum(['fresh', 'stale', 'behind']),
    why: z.string().optional(),
    source: z.string(),
    versionSha: z.string(),
    parserVersion: z.number(),
    loadedAt: moment,
    checkedAt: moment.nullable(),
    starter: z.boolean(),
  }),
])

/** What `listed-address` wrote of one screening, as far as judging it again needs it. */
export const recordedScreening = z.looseObject({
  lists: z.array(list).min(1),
  blocks: z.array(block),
  overrides: z.array(override),
  policy: z
    .strictObject({
      same_key: z.enum(['reject', 'report']),
      address_checksum: z.enum(['reject', 'report']),
      report_only_list_ids: z.record(z.string(), z.array(z.string())),
    })
    .transform((policy) => ({
      sameKey: policy.same_key,
      addressChecksum: policy.address_checksum,
      reportOnlyListIds: new Map(Object.entries(policy.report_only_list_ids)),
    })),
  at: moment,
  objections: z.array(code).optional(),
  unable: code.optional(),
})
export type RecordedScreening = z.output<typeof recordedScreening>
export type RecordedList = Extract<RecordedScreening['lists'][number], { readonly versionSha: string }>
