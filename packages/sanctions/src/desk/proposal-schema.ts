import { expecting } from '@callback-quorum/service'
import { z } from 'zod'
import {
  addressText,
  atomicText,
  idText,
  nameText,
  reasonText,
  referenceText,
  sha256Text,
  timeText,
} from './proposal-texts.ts'

export const DESK_KINDS = [
  'block',
  'revoke-block',
  'override',
  'revoke-override',
  'activate-version',
  'refuse-version',
  'acknowledge-removals',
] as const
export type DeskKind = (typeof DESK_KINDS)[number]

const version = { source: nameText, sha256: sha256Text, reason: reasonText }

const block = z.strictObject({
  kind: z.literal('block'),
  /** One address, or a party of a list with all its addresses. */
  address: addressText.optional(),
  party: z.strictObject({ source: nameText, party_id: nameText }).optional(),
  /** A chain of the registry, or * for all. */
  scope: nameText,
  reason: reasonText,
  source_ref: referenceText,
  /** Left out: from its approval on. */
  effective_from: timeText.optional(),
  expires_at: timeText.optional(),
  review_at: timeText,
})

const override = z.strictObject({
  kind: z.literal('override'),
  address: addressText,
  organisation: nameText,
  wallet: nameText,
  /** Of one payment, in atomic units of `asset`. */
  max_amount_atomic: atomicText.optional(),
  asset: nameText.optional(),
  reason: reasonText,
  case_ref: referenceText,
  licence_ref: referenceText.optional(),
  expires_at: timeText,
})

export const proposalSchema = z.discriminatedUnion(
  'kind',
  [
    block,
    z.strictObject({ kind: z.literal('revoke-block'), block_id: idText, reason: reasonText }),
    override,
    z.strictObject({ kind: z.literal('revoke-override'), override_id: idText, reason: reasonText }),
    z.strictObject({ kind: z.literal('activate-version'), ...version }),
    z.strictObject({ kind: z.literal('refuse-version'), ...version }),
    z.strictObject({ kind: z.literal('acknowledge-removals'), ...version }),
  ],
  { error: expecting(`a kind of ${DESK_KINDS.join(', ')}`) },
)
export type WrittenDeskProposal = z.output<typeof proposalSchema>
export type WrittenBlock = z.output<typeof block>
export type WrittenOverride = z.output<typeof override>
