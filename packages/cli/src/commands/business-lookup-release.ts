import type { Command } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { propose, proposalShape, type ProposalWords } from '../two-person-commands.ts'
import { BUSINESS_LOOKUP, lookupCommand } from './business-lookup-client.ts'

const schema = z.looseObject({
  ...proposalShape,
  kind: z.literal('release-claim'),
  claim_id: z.string(),
  organisation: z.string(),
  reference: z.string(),
  holders: z.array(z.string()),
})

/** What business-lookup lets two people do. */
export const LOOKUP_PROPOSALS: ProposalWords<typeof schema> = {
  schema,
  text: ({ claim_id: id, reference, organisation, holders }) =>
    `give back ${reference} of ${organisation} (claim ${id}), held by ${holders.join(' and ')}`,
}

interface ReleaseOptions extends AdminOptions {
  readonly reference?: string
  readonly organisation?: string
  readonly evidence: string
  readonly reason: string
}

/** `business-lookup release`. */
export function addRelease(lookup: Command, host: Host): void {
  lookupCommand(lookup, {
    name: 'release',
    summary: 'propose to give a reference back whose payment can never be final',
    description:
      'Propose that a claim is given back, so that another transaction can use its reference. It takes evidence that does not come from the platform: ' +
      'another transaction with the same nonce or input that is final, as your own node sees it. Otherwise the payment may be made twice. Nothing ' +
      'happens until another person approves it. Needs the role operator.',
    examples: [
      'release 7 --evidence "nonce 42 used by 0x5c50...e7, block 23000000" --reason "replaced by hand"',
      'release --reference WD-00004711 --organisation acme \\\n      --evidence "nonce 42 used by 0x5c50...e7, block 23000000" --reason "ticket 9"',
    ],
  })
    .argument('[id]', 'of the claim, as business-lookup claims shows it')
    .option('--reference <reference>', 'instead of the id: the reference that is held')
    .option('--organisation <name>', 'whose reference it is')
    .requiredOption('--evidence <text>', 'what proves it; stands in the ledger')
    .requiredOption('-r, --reason <text>', 'why; stands in the history')
    .action((id: string | undefined, o: ReleaseOptions) =>
      propose(BUSINESS_LOOKUP, LOOKUP_PROPOSALS, host, o, {
        kind: 'release-claim',
        ...which(id, o),
        evidence: o.evidence,
        reason: o.reason,
      }),
    )
}

function which(id: string | undefined, { reference, organisation }: ReleaseOptions): object {
  if (id !== undefined && reference === undefined && organisation === undefined) return { claim_id: id }
  if (id !== undefined || reference === undefined || organisation === undefined)
    throw new UsageError('expected either the id of a claim, or --reference and --organisation')
  return { reference, organisation }
}
