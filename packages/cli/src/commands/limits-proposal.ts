import { z } from 'zod'
import { proposalShape, type ProposalWords } from '../two-person-commands.ts'
import { dimensionsSchema, dimensionsText } from './limits-client.ts'

const schema = z.looseObject({
  ...proposalShape,
  kind: z.enum(['exception', 'adjustment', 'release', 'confirm']),
  rule: z.string().optional(),
  dimensions: dimensionsSchema.optional(),
  amount: z.string().optional(),
  unit: z.string().optional(),
  expires_at: z.string().optional(),
  business_key: z.string().optional(),
  amounts: z
    .array(
      z.looseObject({ asset: z.string(), amount: z.string(), destination: z.string().optional(), fee: z.boolean() }),
    )
    .optional(),
})
type Proposal = z.output<typeof schema>

function proposalText(proposal: Proposal): string {
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

/** What limits lets two people do. */
export const LIMITS_PROPOSALS: ProposalWords<typeof schema> = { schema, text: proposalText }
