import { z } from 'zod'
import { proposalShape, type ProposalWords } from '../two-person-commands.ts'
import { shortSha } from './sanctions-client.ts'

const text = z.string().nullish()

const schema = z.looseObject({
  ...proposalShape,
  kind: z.enum([
    'block',
    'revoke-block',
    'override',
    'revoke-override',
    'activate-version',
    'refuse-version',
    'acknowledge-removals',
  ]),
  effect: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).optional(),
  address: text,
  addresses: z.array(z.string()).optional(),
  source: text,
  party_id: text,
  party_name: text,
  scope: z.string().optional(),
  expires_at: text,
  block_id: z.string().optional(),
  override_id: z.string().optional(),
  organisation: z.string().optional(),
  wallet: z.string().optional(),
  max_amount_atomic: text,
  asset: text,
  licence_ref: text,
  entries: z.array(z.string()).optional(),
  sha256: z.string().optional(),
  rows: z.number().optional(),
  removals: z.number().optional(),
})
type Proposal = z.output<typeof schema>

/** What would be done, in words. */
function proposalText(proposal: Proposal): string {
  const { kind, sha256 = '', source } = proposal
  const version = `${source ?? ''} ${shortSha(sha256)}`
  switch (kind) {
    case 'block':
      return `block ${blockedText(proposal)}${proposal.scope === '*' ? '' : ` on ${proposal.scope ?? ''}`}${until(proposal)}`
    case 'revoke-block':
      return `take back block ${proposal.block_id ?? ''}${proposal.address == null ? '' : ` of ${proposal.address}`}`
    case 'override':
      return overrideText(proposal)
    case 'revoke-override':
      return `take back override ${proposal.override_id ?? ''} of ${proposal.address ?? ''}`
    case 'activate-version':
      return `screen with ${version} (${String(proposal.rows ?? 0)} rows)`
    case 'refuse-version':
      return `never screen with ${version}`
    case 'acknowledge-removals':
      return `let go of ${String(proposal.removals ?? 0)} addresses that ${version} no longer lists`
    default:
      return kind satisfies never
  }
}

function blockedText({ address, addresses = [], party_name: name, party_id: id, source }: Proposal): string {
  if (address != null) return address
  return `${String(addresses.length)} addresses of ${name ?? ''} (party ${id ?? ''} of ${source ?? ''})`
}

function overrideText(proposal: Proposal): string {
  const { address, wallet = '', organisation = '', entries = [], max_amount_atomic: maximum, asset } = proposal
  const bounded = maximum == null ? '' : `, at most ${maximum} (atomic) of ${asset ?? ''}`
  const licence = proposal.licence_ref == null ? '' : `, licence ${proposal.licence_ref}`
  return `let ${wallet} of ${organisation} pay ${address ?? ''}${bounded} in spite of ${entries.join('; ')}${licence}${until(proposal)}`
}

const until = ({ expires_at: at }: Proposal): string => (at == null ? '' : ` until ${at}`)

/** What sanctions lets two people do. */
export const SANCTIONS_PROPOSALS: ProposalWords<typeof schema> = { schema, text: proposalText }
