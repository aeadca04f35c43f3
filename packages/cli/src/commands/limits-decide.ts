import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import type { Colours } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Finish, Host } from '../host.ts'
import type { TableRow } from '../table.ts'
import { dimensionsSchema, dimensionsText, limitsCommand, moreHint, openLimits, print, table } from './limits-client.ts'
import { proposalLine, proposalSchema, proposalText, type Proposal } from './limits-proposal.ts'

/** Five million entries take a while. */
const RECOUNT_MS_MAX = 600_000

const proposalsSchema = z.object({ proposals: z.array(proposalSchema), next: z.string().nullable() })
const confirmedSchema = z.object({ business_key: z.string(), state: z.string() })
const recountSchema = z.object({
  differences: z.array(
    z.object({ rule: z.string(), dimensions: dimensionsSchema, used_atomic: z.string(), counted_atomic: z.string() }),
  ),
})

interface ListOptions extends AdminOptions {
  readonly state?: string
  readonly after?: string
}

interface ConfirmOptions extends AdminOptions {
  readonly businessKey: string
  readonly evidence: string
}

/** `limits proposals|approve|refuse|confirm|recount`. */
export function addLimitsDecisions(limits: Command, host: Host, finish: Finish): void {
  addProposals(limits, host)
  addDecision(
    limits,
    host,
    'approve',
    'Approve a proposal of another person: it is applied at once. Needs the role approver.',
  )
  addDecision(
    limits,
    host,
    'refuse',
    'Refuse a proposal of another person: it is never applied. Needs the role approver.',
  )
  addConfirm(limits, host)
  addRecount(limits, host, finish)
}

function addProposals(limits: Command, host: Host): void {
  limitsCommand(limits, {
    name: 'proposals',
    summary: 'list what was proposed, the newest first',
    description: 'List proposals, 100 at a time, the newest first. Needs the role viewer.',
    examples: ['proposals --state open'],
  })
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'applied', 'refused']))
    .option('--after <id>', 'the next page')
    .action(async (o: ListOptions) => {
      const client = await openLimits(o, host)
      const found = await client.get('/v1/proposals', proposalsSchema, { state: o.state, after: o.after })
      print(found, o, host, (colours) => proposalsText(found, host, colours))
    })
}

function proposalsText({ proposals, next }: z.output<typeof proposalsSchema>, host: Host, colours: Colours): string {
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
      { text: proposalText(proposal) },
    ],
    notes: notesOf(proposal).map((text) => ({ text, paint: colours.dim })),
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

const notesOf = ({ reason, evidence, proposed_at: at }: Proposal): readonly string[] => [
  `${at} reason: ${reason}`,
  ...(evidence === undefined ? [] : [`evidence: ${evidence}`]),
]

function addDecision(limits: Command, host: Host, what: 'approve' | 'refuse', description: string): void {
  limitsCommand(limits, {
    name: what,
    summary: `${what} a proposal of another person`,
    description,
    examples: [`${what} 7`],
  })
    .argument('<id>', 'of the proposal')
    .action(async (id: string, o: AdminOptions) => {
      if (!/^\d{1,18}$/.test(id)) throw new UsageError(`${id} is no id of a proposal; expected digits`)
      const client = await openLimits(o, host)
      const unknown = 'whether it was decided is not known: use limits proposals'
      const decided = await client.post(`/v1/proposals/${id}/${what}`, proposalSchema, {}, { unknown })
      print(decided, o, host, (colours) => decidedText(decided, colours))
    })
}

function decidedText(decided: Proposal, { green, yellow }: Colours): string {
  const word = decided.state === 'applied' ? green('APPLIED') : yellow('REFUSED')
  const effect = Object.entries(decided.effect ?? {}).map(
    ([name, value]) => `  ${name.replaceAll('_', ' ')}: ${value}\n`,
  )
  return `${word} ${proposalLine(decided)}\n${effect.join('')}`
}

function addConfirm(limits: Command, host: Host): void {
  limitsCommand(limits, {
    name: 'confirm',
    summary: 'say that a payment is final as it was claimed',
    description:
      'Say that a payment is final on its chain, with the amounts that were claimed. Other amounts, and what releases another payment, need two ' +
      'people: limits propose confirm. Needs the role operator.',
    examples: ['confirm --business-key cobo:acme:tx-1 --evidence "block 23000000, own node"'],
  })
    .requiredOption('--business-key <key>', 'as limits reservations shows it')
    .requiredOption('--evidence <text>', 'what proves it; stands in the ledger')
    .action(async (o: ConfirmOptions) => {
      const client = await openLimits(o, host)
      const body = { business_key: o.businessKey, evidence: o.evidence }
      const unknown = 'whether it took effect is not known: use limits reservations'
      const done = await client.post('/v1/reservations/confirm', confirmedSchema, body, { unknown })
      print(done, o, host, ({ green }) => `${green('CONFIRMED')} ${done.business_key}\n`)
    })
}

function addRecount(limits: Command, host: Host, finish: Finish): void {
  limitsCommand(limits, {
    name: 'recount',
    summary: 'compare every counter with its ledger',
    description:
      'Count every counter again from its ledger and show what differs. Nothing is mended. Exit code 1 when something differs. Needs the role operator.',
    examples: ['recount'],
  }).action(async (o: AdminOptions) => {
    const client = await openLimits(o, host)
    const found = await client.post('/v1/recount', recountSchema, {}, { timeoutMs: RECOUNT_MS_MAX })
    print(found, o, host, (colours) => recountText(found, host, colours))
    if (found.differences.length > 0) finish(1)
  })
}

function recountText({ differences }: z.output<typeof recountSchema>, host: Host, colours: Colours): string {
  if (differences.length === 0) return `${colours.green('OK')}: every counter is the sum of its ledger.\n`
  const columns = [
    { title: 'RULE' },
    { title: 'OF' },
    { title: 'COUNTER (ATOMIC)', align: 'right' },
    { title: 'LEDGER (ATOMIC)', align: 'right' },
  ] as const
  const rows = differences.map(({ rule, dimensions, used_atomic: used, counted_atomic: counted }) => ({
    cells: [
      { text: rule, paint: colours.red },
      { text: dimensionsText(dimensions) },
      { text: used },
      { text: counted },
    ],
  }))
  return table(columns, rows, host, colours)
}
