import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from './admin-client.ts'
import { moreHint, print, table, type CheckerCommands } from './checker-command.ts'
import type { Colours } from './colours.ts'
import { UsageError } from './faults.ts'
import type { Host } from './host.ts'
import type { TableRow } from './table.ts'

/** What every proposal has, whatever its kind. */
export const proposalShape = {
  id: z.string(),
  state: z.enum(['open', 'applied', 'refused']),
  reason: z.string(),
  proposed_by: z.string(),
  proposed_at: z.string(),
  decided_by: z.string().nullable(),
  decided_at: z.string().nullable(),
  evidence: z.string().optional(),
  effect: z.record(z.string(), z.string()).optional(),
}
type BaseProposal = z.output<z.ZodObject<typeof proposalShape>>

export interface ProposalWords<S extends z.ZodType<BaseProposal>> {
  readonly schema: S
  /** What would be done, in words. */
  readonly text: (proposal: z.output<S>) => string
}

export const proposalLine = <S extends z.ZodType<BaseProposal>>(
  { text }: ProposalWords<S>,
  proposal: z.output<S>,
): string => `${proposal.id} by ${proposal.proposed_by}: ${text(proposal)} (${proposal.reason})`

/** Proposes something; nothing happens before another person approves it. */
export async function propose<S extends z.ZodType<BaseProposal>>(
  commands: CheckerCommands,
  words: ProposalWords<S>,
  host: Host,
  o: AdminOptions,
  body: object,
): Promise<void> {
  const client = await commands.open(o, host)
  const unknown = `whether it was proposed is not known: use ${commands.checker} proposals`
  const proposal = await client.post('/v1/proposals', words.schema, body, { unknown })
  print(proposal, o, host, ({ cyan }) => `${cyan('PROPOSED')} ${proposalLine(words, proposal)}\n`)
}

/** `proposals`, `approve` and `refuse` of a checker with two-person rules. */
export function addTwoPersonCommands<S extends z.ZodType<BaseProposal>>(
  parent: Command,
  commands: CheckerCommands,
  words: ProposalWords<S>,
  host: Host,
): void {
  addProposals(parent, commands, words, host)
  addDecision(parent, commands, words, host, {
    what: 'approve',
    description: 'Approve a proposal of another person: it is applied at once. Needs the role approver.',
  })
  addDecision(parent, commands, words, host, {
    what: 'refuse',
    description: 'Refuse a proposal of another person: it is never applied. Needs the role approver.',
  })
}

interface ListOptions extends AdminOptions {
  readonly state?: string
  readonly after?: string
}

function addProposals<S extends z.ZodType<BaseProposal>>(
  parent: Command,
  commands: CheckerCommands,
  words: ProposalWords<S>,
  host: Host,
): void {
  const listSchema = z.object({ proposals: z.array(words.schema), next: z.string().nullable() })
  commands
    .command(parent, {
      name: 'proposals',
      summary: 'list what was proposed, the newest first',
      description: 'List proposals, 100 at a time, the newest first. Needs the role viewer.',
      examples: ['proposals --state open'],
    })
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'applied', 'refused']))
    .option('--after <id>', 'the next page')
    .action(async (o: ListOptions) => {
      const client = await commands.open(o, host)
      const found = await client.get('/v1/proposals', listSchema, { state: o.state, after: o.after })
      print(found, o, host, (colours) => listText(words, found, host, colours))
    })
}

function listText<S extends z.ZodType<BaseProposal>>(
  { text }: ProposalWords<S>,
  { proposals, next }: { readonly proposals: readonly z.output<S>[]; readonly next: string | null },
  host: Host,
  colours: Colours,
): string {
  if (proposals.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'STATE' },
    { title: 'BY' },
    { title: 'DECIDED BY' },
    { title: 'WHAT' },
  ] as const
  const rows = proposals.map((proposal): TableRow => ({
    cells: [
      { text: proposal.id },
      {
        text: proposal.state,
        paint: { open: colours.yellow, applied: colours.green, refused: colours.dim }[proposal.state],
      },
      { text: proposal.proposed_by },
      { text: proposal.decided_by ?? '-' },
      { text: text(proposal) },
    ],
    notes: notesOf(proposal).map((note) => ({ text: note, paint: colours.dim })),
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

const notesOf = ({ reason, evidence, proposed_at: at }: BaseProposal): readonly string[] => [
  `${at} reason: ${reason}`,
  ...(evidence === undefined ? [] : [`evidence: ${evidence}`]),
]

function addDecision<S extends z.ZodType<BaseProposal>>(
  parent: Command,
  commands: CheckerCommands,
  words: ProposalWords<S>,
  host: Host,
  { what, description }: { readonly what: 'approve' | 'refuse'; readonly description: string },
): void {
  commands
    .command(parent, {
      name: what,
      summary: `${what} a proposal of another person`,
      description,
      examples: [`${what} 7`],
    })
    .argument('<id>', 'of the proposal')
    .action(async (id: string, o: AdminOptions) => {
      if (!/^\d{1,18}$/.test(id)) throw new UsageError(`${id} is no id of a proposal; expected digits`)
      const client = await commands.open(o, host)
      const unknown = `whether it was decided is not known: use ${commands.checker} proposals`
      const decided = await client.post(`/v1/proposals/${id}/${what}`, words.schema, {}, { unknown })
      print(decided, o, host, (colours) => decidedText(words, decided, colours))
    })
}

function decidedText<S extends z.ZodType<BaseProposal>>(
  words: ProposalWords<S>,
  decided: z.output<S>,
  { green, yellow }: Colours,
): string {
  const word = decided.state === 'applied' ? green('APPLIED') : yellow('REFUSED')
  const effect = Object.entries(decided.effect ?? {}).map(
    ([name, value]) => `  ${name.replaceAll('_', ' ')}: ${value}\n`,
  )
  return `${word} ${proposalLine(words, decided)}\n${effect.join('')}`
}
