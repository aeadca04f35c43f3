import { expecting } from '@callback-quorum/service'
import { z } from 'zod'
import { place } from '../record/record-map.ts'

/**
 * How the business system is asked about an address that is to be whitelisted: by the connector of the payments, with a URL or query of its own, or in
 * the same inbox.
 */
export const whitelistingSchema = z.strictObject({
  /** The id of the wallet, or that and the asset's id in assets.yaml: `<wallet id>:<asset id>`, where a wallet has addresses of several assets. */
  reference: z.enum(['wallet_id', 'wallet_id:asset']).default('wallet_id'),
  url: z.string().max(2_048).optional(),
  query: z.string().min(1).max(10_000).optional(),
  map: z.strictObject({
    reference: place.optional(),
    status: place,
    asset: place,
    destination: place,
    tag: place.optional(),
    expires_at: place.optional(),
  }),
  compare: z.strictObject({
    status: z.strictObject({ in: z.array(z.string().min(1)).min(1) }),
    no_expiry: z.literal(true).optional(),
    no_reference: z.literal(true).optional(),
  }),
  /** Where payments must carry a proof, whitelistings carry none: it has to be said. */
  proof: z.literal('none', { error: expecting('the word none, or this line left out') }).optional(),
})
export type WhitelistingConfig = z.output<typeof whitelistingSchema>
