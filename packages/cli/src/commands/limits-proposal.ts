import { z } from 'zod'
import { dimensionsSchema, dimensionsText } from './limits-client.ts'

export const proposalSchema = z.looseObject({
  id: z.string(),
  kind: z.enum(['exception', 'adjustment', 'release', 'confirm']),
  state: z.enum(['open', 'applied', 'refused']),
  reason: z.string(),
  proposed_by: z.string(),
  proposed_at: z.string(),
  decided_by: z.string().nullable(),
  decided_at: z.string().nullable(),
  rule: z.string().optional(),
  dimensions: dimensionsSchema.optional(),
  amount: z.string().optional(),
  unit: z.string().optional(),
  expires_at: z.string().optional(),
  business_key: z.string().optional(),
  evidence: z.string().optional(),
  amounts: z
    .array(
      z.looseObject({ asset: z.string(), amount: z.string(), destination: z.string().optional(), fee: z.boolean() }),
    )
    .optional(),
  effect: z.record(z.string(), z.string()).optional(),
})
export type Proposal = z.output<typeof proposalSchema>

/** What would be done, in words. */
export function proposalText(proposal: Proposal): string {
  const {
    kind,
    rule = '',
    dimensions = {},
    amount = '',
    unit = '',
    expires_at: until = '',
    business_key: key = '',
    amounts = [],
  } = proposal
  const counter = `${rule} of ${dimensionsText(dimensions)}`
  switch (kind) {
    case 'exception':
      return `${amount} ${unit} extra on ${counter} until ${until}`
    case 'adjustment':
      return `${amount.startsWith('-') ? amount : `+${amount}`} ${unit} on ${counter}`
    case 'release':
      return `give back what ${key} holds`
    case 'confirm': {
      const actual = amounts.map(
        (one) => `${one.amount} ${one.asset} to ${one.fee ? 'the chain as a fee' : (one.destination ?? 'nobody')}`,
      )
      return `${key} is final${actual.length === 0 ? '' : `, with ${actual.join(', ')}`}`
    }
    default:
      return kind satisfies never
  }
}

export const proposalLine = (proposal: Proposal): string =>
  `${proposal.id} by ${proposal.proposed_by}: ${proposalText(proposal)} (${proposal.reason})`
