import type { Command } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import type { Finish, Host } from '../host.ts'
import { addTwoPersonCommands } from '../two-person-commands.ts'
import { dimensionsSchema, dimensionsText, LIMITS, limitsCommand, openLimits } from './limits-client.ts'
import { LIMITS_PROPOSALS } from './limits-proposal.ts'

/** Five million entries take a while. */
const RECOUNT_MS_MAX = 600_000

const confirmedSchema = z.object({ business_key: z.string(), state: z.string() })
const recountSchema = z.object({
  differences: z.array(
    z.object({ rule: z.string(), dimensions: dimensionsSchema, used_atomic: z.string(), counted_atomic: z.string() }),
  ),
})

interface ConfirmOptions extends AdminOptions {
  readonly businessKey: string
  readonly evidence: string
}

/** `limits proposals|approve|refuse|confirm|recount`. */
export function addLimitsDecisions(limits: Command, host: Host, finish: Finish): void {
  addTwoPersonCommands(limits, LIMITS, LIMITS_PROPOSALS, host)
  addConfirm(limits, host)
  addRecount(limits, host, finish)
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
