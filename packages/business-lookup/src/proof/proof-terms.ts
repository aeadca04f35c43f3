import { z } from 'zod'

/** Long enough that nobody meets one twice, short enough for the record. */
const NONCE = /^[\x21-\x7e]{16,128}$/

const output = { amount: z.string(), destination: z.string(), tag: z.string().nullable() }

const common = {
  ref: z.string(),
  /** Id of the chain in the registry. */
  chain: z.string(),
  /** The code of the record. */
  asset: z.string(),
  /** Null for a payment that does not expire. */
  expiry: z.string().nullable(),
  nonce: z.string().regex(NONCE),
  calldata: z.string().nullish(),
  organisation: z.string().optional(),
}

/** What the business system signs: one payment, or the list of a batch. Amounts are decimal texts; a tag is always there, null for none. */
export const proofTermsSchema = z.union([
  z.strictObject({ ...common, ...output }).transform(({ amount, destination, tag, ...terms }) => ({
    ...terms,
    outputs: [{ amount, destination, tag }],
  })),
  z.strictObject({ ...common, outputs: z.array(z.strictObject(output)).min(1) }),
])
export type ProofTerms = z.output<typeof proofTermsSchema>
