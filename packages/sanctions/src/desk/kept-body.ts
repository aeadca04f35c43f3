import { z } from 'zod'

/**
 * What the ledger keeps of a proposal and what is applied: resolved when it was proposed, so that whoever approves decides on exactly
 * this. Read strictly: a body that another version of this program wrote in another way is not applied.
 */
const strings = z.array(z.string()).min(1)
const time = z.iso.datetime()

export const keptBlock = z.strictObject({
  address: z.string().nullable(),
  source: z.string().nullable(),
  party_id: z.string().nullable(),
  /** For people: the party's name, its addresses and the version that they were read from. */
  party_name: z.string().nullable(),
  addresses: strings,
  version_sha: z.string().nullable(),
  keys: strings,
  scope: z.string(),
  source_ref: z.string(),
  effective_from: time.nullable(),
  expires_at: time.nullable(),
  review_at: time,
})
export type KeptBlock = z.output<typeof keptBlock>

const boundEntry = z.strictObject({
  source: z.string(),
  partyId: z.string(),
  featureId: z.string(),
  entryFingerprint: z.string(),
  strength: z.enum(['L1', 'L2', 'L3']),
})

export const keptOverride = z.strictObject({
  address: z.string(),
  keys: strings,
  bound_to: z.array(boundEntry).min(1),
  /** For people: what the entries say. */
  entries: z.array(z.string()).min(1),
  organisation: z.string(),
  wallet: z.string(),
  max_amount_atomic: z.string().nullable(),
  asset: z.string().nullable(),
  case_ref: z.string(),
  licence_ref: z.string().nullable(),
  expires_at: time,
})
export type KeptOverride = z.output<typeof keptOverride>

export const keptBlockId = z.strictObject({ block_id: z.string(), address: z.string().nullable() })
export const keptOverrideId = z.strictObject({ override_id: z.string(), address: z.string() })

export const keptVersion = z.strictObject({
  source: z.string(),
  sha256: z.string(),
  date_of_issue: z.string().nullable(),
  rows: z.number(),
  findings: z.array(z.unknown()),
})
export const keptRemovals = z.strictObject({
  source: z.string(),
  sha256: z.string(),
  removals: z.number(),
  parties: z.array(z.string()),
})
