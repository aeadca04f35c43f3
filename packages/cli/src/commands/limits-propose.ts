import { InvalidArgumentError, type Command } from 'commander'
import type { AdminOptions } from '../admin-client.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { propose } from '../two-person-commands.ts'
import { LIMITS, limitsCommand } from './limits-client.ts'
import { LIMITS_PROPOSALS } from './limits-proposal.ts'

interface CounterOptions extends AdminOptions {
  readonly rule: string
  readonly dimension: readonly (readonly [name: string, value: string])[]
  readonly amount: string
  readonly reason: string
}

interface ReservationOptions extends AdminOptions {
  readonly businessKey: string
  readonly evidence: string
  readonly reason: string
  readonly actual?: readonly Actual[]
}

interface Actual {
  readonly asset: string
  readonly amount: string
  readonly destination?: string
  readonly tag?: string
  readonly fee?: true
}

/** `limits propose exception|adjustment|release|confirm`. */
export function addLimitsProposals(limits: Command, host: Host): void {
  const proposing = limits
    .command('propose')
    .summary('propose what another person has to approve')
    .description('Propose what another person has to approve. Nothing happens until then. Needs the role operator.')
    .addHelpText('after', '\nExamples:\n  $ callback-quorum limits propose exception --help\n')
  const send: Send = (kind, o, body) => propose(LIMITS, LIMITS_PROPOSALS, host, o, { kind, ...body })
  addCounterProposals(proposing, send)
  addReservationProposals(proposing, send)
}

type Send = (kind: string, o: AdminOptions, body: object) => Promise<void>

function addCounterProposals(proposing: Command, send: Send): void {
  const counterBody = ({ rule, dimension, amount, reason }: CounterOptions): object => {
    const dimensions = Object.fromEntries(dimension)
    if (Object.keys(dimensions).length < dimension.length) throw new UsageError('--dimension names one twice')
    return { rule, dimensions, amount, reason }
  }
  const counter = (command: Command, amount: string): Command =>
    command
      .requiredOption('--rule <id>', 'whose counter, as limits usage shows it')
      .requiredOption('--dimension <name=value>', 'of the counter; once for each', collectDimension)
      .requiredOption('--amount <decimal>', amount)
      .requiredOption('-r, --reason <text>', 'why; stands in the history')
  const of = '--rule hot-usdt-day \\\n      --dimension wallet=hot-1 --dimension asset=USDT-ETHEREUM'
  counter(
    limitsCommand(proposing, {
      name: 'exception',
      summary: 'something extra on one counter, once, until a time',
      description:
        'Propose that one counter may go above its limit, by an amount that is used up once, until a time at most 31 days away.',
      examples: [
        `propose exception ${of} \\\n      --amount 50000 --expires-at 2026-11-22T18:00:00Z --reason "payroll, ticket 7"`,
      ],
    }),
    'in the units of the counter',
  )
    .requiredOption('--expires-at <time>', 'with its zone')
    .action((o: CounterOptions & { readonly expiresAt: string }) =>
      send('exception', o, { ...counterBody(o), expires_at: o.expiresAt }),
    )
  counter(
    limitsCommand(proposing, {
      name: 'adjustment',
      summary: 'a correction of one counter',
      description: 'Propose that one counter counts more, or with --amount=-N less: never less than nothing.',
      examples: [`propose adjustment ${of} \\\n      --amount=-1250.5 --reason "counted twice, ticket 8"`],
    }),
    'in the units of the counter; --amount=-N to count less',
  ).action((o: CounterOptions) => send('adjustment', o, counterBody(o)))
}

function addReservationProposals(proposing: Command, send: Send): void {
  const reservation = (command: Command): Command =>
    command
      .requiredOption('--business-key <key>', 'as limits reservations shows it')
      .requiredOption('--evidence <text>', 'what proves it; stands in the ledger')
      .requiredOption('-r, --reason <text>', 'why; stands in the history')
  const of = '--business-key cobo:acme:tx-1'
  reservation(
    limitsCommand(proposing, {
      name: 'release',
      summary: 'a payment that can never be final gives back what it holds',
      description:
        'Propose that a reservation gives back what it holds. It takes evidence that does not come from the platform: another transaction ' +
        'with the same nonce or input that is final, as your own node sees it.',
      examples: [
        `propose release ${of} \\\n      --evidence "nonce 7 used by 0x5c50...e7, block 23000000" --reason "replaced by hand"`,
      ],
    }),
  ).action((o: ReservationOptions) =>
    send('release', o, { business_key: o.businessKey, evidence: o.evidence, reason: o.reason }),
  )
  reservation(
    limitsCommand(proposing, {
      name: 'confirm',
      summary: 'a payment is final, with other amounts or instead of others',
      description:
        'Propose that a reservation is final on its chain. What it replaces is released. With --actual, other amounts than were claimed.',
      examples: [
        `propose confirm ${of} \\\n      --actual USDT-ETHEREUM=200@0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd --actual ETH=0.0004@fee \\\n` +
          '      --evidence "block 23000000" --reason "paid in part"',
      ],
    }),
  )
    .option(
      '--actual <asset=amount@destination>',
      'what really moved there; @fee for the fee, #TAG behind a destination',
      collectActual,
    )
    .action((o: ReservationOptions) =>
      send('confirm', o, {
        business_key: o.businessKey,
        evidence: o.evidence,
        reason: o.reason,
        ...(o.actual !== undefined && { amounts: o.actual }),
      }),
    )
}

function collectDimension(text: string, earlier: CounterOptions['dimension'] = []): CounterOptions['dimension'] {
  const sign = text.indexOf('=')
  if (sign < 1) throw new InvalidArgumentError('Expected name=value, for example wallet=hot-1.')
  return [...earlier, [text.slice(0, sign), text.slice(sign + 1)]]
}

function collectActual(text: string, earlier: readonly Actual[] = []): readonly Actual[] {
  const [, asset, amount, place, tag] = /^([^=@#]+)=([^=@#]+)(?:@([^@#]+)(?:#(.+))?)?$/.exec(text) ?? []
  if (asset === undefined || amount === undefined)
    throw new InvalidArgumentError('Expected asset=amount@destination, for example ETH=0.0004@fee.')
  const actual: Actual = {
    asset,
    amount,
    ...(place === 'fee' && { fee: true }),
    ...(place !== undefined && place !== 'fee' && { destination: place }),
    ...(tag !== undefined && { tag }),
  }
  return [...earlier, actual]
}
