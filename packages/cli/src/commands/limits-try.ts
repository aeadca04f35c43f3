import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import type { Colours } from '../colours.ts'
import { CommandFailed } from '../faults.ts'
import type { Host } from '../host.ts'
import { print, table } from '../checker-command.ts'
import { limitsCommand, openLimits } from './limits-client.ts'

/** The checker gives a backtest as long. */
const BACKTEST_MS_MAX = 600_000

const saidSchema = z.object({ code: z.string(), text: z.string() })
const simulatedSchema = z.looseObject({
  outcome: z.enum(['approve', 'reject', 'unable']),
  objections: z.array(saidSchema),
  shadow: z.array(saidSchema),
  applied: z.array(
    z.looseObject({
      rule: z.string(),
      unit: z.string(),
      used: z.string(),
      amount: z.string(),
      limit: z.string(),
      remaining: z.string(),
    }),
  ),
})
const backtestedSchema = z.object({
  considered: z.number(),
  would_refuse: z.number(),
  by_rule: z.array(z.object({ rule: z.string().nullable(), code: z.string(), mode: z.string(), count: z.number() })),
  first: z.array(
    z.object({ business_key: z.string(), at: z.string(), codes: z.array(z.string()), released: z.boolean() }),
  ),
})

interface SimulateOptions extends AdminOptions {
  readonly wallet: string
  readonly asset: string
  readonly amount: string
  readonly to: string
  readonly tag?: string
  readonly initiator?: string
  readonly caller?: string
  readonly operation?: string
  readonly fee?: string
}

interface BacktestOptions extends AdminOptions {
  readonly rules: string
  readonly from: string
  readonly to: string
}

/** `limits simulate` and `limits backtest`. */
export function addLimitsTrials(limits: Command, host: Host): void {
  limitsCommand(limits, {
    name: 'simulate',
    summary: 'ask what the limits would say of a payment now',
    description: 'Ask what the limits would say of a payment now. Nothing is reserved. Needs the role operator.',
    examples: [
      'simulate --wallet hot-1 --asset USDT-ETHEREUM --amount 1250.5 \\\n      --to 0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
      'simulate --caller node-eu-1 --wallet hot-1 --asset ETH --amount 2 \\\n      --to 0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
    ],
  })
    .requiredOption('--wallet <id>', 'that pays')
    .requiredOption('--asset <id>', 'of the asset registry')
    .requiredOption('--amount <decimal>', 'in whole units')
    .requiredOption('--to <address>', 'destination')
    .option('--tag <text>', 'memo, destination tag')
    .option('--initiator <id>', 'who is said to have asked for it')
    .option('--caller <name>', 'whose request it is; needed where several callers are configured')
    .addOption(new Option('--operation <what>', 'default: transfer').choices(['transfer', 'contract-call', 'other']))
    .option('--fee <decimal>', "of the chain's coin, where a limit includes it")
    .action(async (o: SimulateOptions) => {
      const { wallet, asset, amount, to: destination, tag, initiator, caller, operation, fee } = o
      const client = await openLimits(o, host)
      const body = { wallet, asset, amount, destination, tag, initiator, caller, operation, fee }
      const said = await client.post('/v1/simulate', simulatedSchema, body)
      print(said, o, host, (colours) => simulatedText(said, host, colours))
    })
  limitsCommand(limits, {
    name: 'backtest',
    summary: 'play the ledger again under other rules',
    description:
      'Play what was reserved between two times again under the rules of a file, from empty counters on, and tell what they would have ' +
      'refused. Nothing of the ledger changes. Needs the role operator.',
    examples: ['backtest --rules new-rules.yaml --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z'],
  })
    .requiredOption('--rules <file>', 'rules as the checker reads them')
    .requiredOption('--from <time>', 'with its zone; inclusive')
    .requiredOption('--to <time>', 'with its zone; exclusive')
    .action(async (o: BacktestOptions) => {
      const rules = await readFile(o.rules, 'utf8').catch((cause: unknown) => {
        throw new CommandFailed(`${o.rules} cannot be read`, { cause })
      })
      const client = await openLimits(o, host)
      const body = { rules, from: o.from, to: o.to }
      const found = await client.post('/v1/backtest', backtestedSchema, body, { timeoutMs: BACKTEST_MS_MAX })
      print(found, o, host, (colours) => backtestedText(found, host, colours))
    })
}

function simulatedText(
  { outcome, objections, shadow, applied }: z.output<typeof simulatedSchema>,
  host: Host,
  colours: Colours,
): string {
  const paint = { approve: colours.green, reject: colours.red, unable: colours.yellow }[outcome]
  const columns = [
    { title: 'RULE' },
    { title: 'USED', align: 'right' },
    { title: 'AMOUNT', align: 'right' },
    { title: 'LIMIT', align: 'right' },
    { title: 'LEFT BEFORE', align: 'right' },
    { title: 'UNIT' },
  ] as const
  const rows = applied.map(({ rule, used, amount, limit, remaining, unit }) => ({
    cells: [rule, used, amount, limit, remaining, unit].map((text) => ({ text })),
  }))
  return [
    paint(outcome.toUpperCase()),
    ...objections.map(({ code, text }) => `  ${code}: ${text}`),
    ...shadow.map(({ code, text }) => colours.dim(`  (shadow) ${code}: ${text}`)),
    ...(rows.length === 0 ? [] : ['', table(columns, rows, host, colours).trimEnd()]),
    '',
  ].join('\n')
}

function backtestedText(found: z.output<typeof backtestedSchema>, host: Host, colours: Colours): string {
  const { considered, would_refuse: refused, by_rule: byRule, first } = found
  const counts = byRule.map(({ rule, code, mode, count }) => ({
    cells: [{ text: rule ?? '(no rule)' }, { text: code }, { text: mode }, { text: String(count) }],
  }))
  const refusals = first.map(({ business_key: key, at, codes, released }) => ({
    cells: [{ text: key }, { text: at }, { text: codes.join(' ') }, { text: released ? 'released later' : '' }],
  }))
  const columns = [
    { title: 'RULE' },
    { title: 'CODE' },
    { title: 'MODE' },
    { title: 'PAYMENTS', align: 'right' },
  ] as const
  return [
    `${String(refused)} of ${String(considered)} payments would have been refused.`,
    ...(counts.length === 0 ? [] : ['', table(columns, counts, host, colours).trimEnd()]),
    ...(refusals.length === 0
      ? []
      : [
          '',
          table(
            [{ title: 'FIRST REFUSED' }, { title: 'AT' }, { title: 'CODES' }, { title: '' }],
            refusals,
            host,
            colours,
          ).trimEnd(),
        ]),
    '',
  ].join('\n')
}
