import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminClient, AdminOptions } from '../admin-client.ts'
import type { Colours } from '../colours.ts'
import type { Host } from '../host.ts'
import type { Cell, TableRow } from '../table.ts'
import { moreHint, print, table } from '../checker-command.ts'
import { dimensionsSchema, dimensionsText, limitsCommand, openLimits } from './limits-client.ts'

const BAR_CELLS = 10n
/** From this share on, in tenths, people should look. */
const FULL_TENTHS = 9n

const counterSchema = z.object({
  rule: z.string(),
  mode: z.string(),
  dimensions: dimensionsSchema,
  unit: z.string(),
  used: z.string(),
  used_atomic: z.string(),
  limit: z.string(),
  limit_atomic: z.string(),
  remaining: z.string(),
  extra: z.string(),
  next_free_at: z.string().nullable(),
})
type Counter = z.output<typeof counterSchema>
const usageSchema = z.object({ counters: z.array(z.looseObject(counterSchema.shape)), next: z.string().nullable() })

const countedSchema = z.object({
  rule: z.string(),
  unit: z.string().optional(),
  counted: z.string().optional(),
  counted_atomic: z.string(),
})
const reservationSchema = z.looseObject({
  business_key: z.string(),
  state: z.string(),
  wallet: z.string().nullable(),
  created_at: z.string(),
  why: z.string(),
  counted: z.array(countedSchema.loose()),
})
const reservationsSchema = z.object({ reservations: z.array(reservationSchema), next: z.string().nullable() })
type Reservation = z.output<typeof reservationSchema>

interface UsageOptions extends AdminOptions {
  readonly rule?: string
  readonly dimension?: string
}

interface ReservationsOptions extends AdminOptions {
  readonly state?: string
  readonly businessKey?: string
  readonly after?: string
}

/** `limits usage` and `limits reservations`. */
export function addLimitsLists(limits: Command, host: Host): void {
  limitsCommand(limits, {
    name: 'usage',
    summary: 'show what is used of every limit',
    description:
      'Show every counter of the rules that count now: what is used, what is left, and when something of it is free again. Needs the role viewer.',
    examples: ['usage', 'usage --rule hot-usdt-day --dimension wallet:hot-1'],
  })
    .option('--rule <id>', 'only counters of this rule')
    .option('--dimension <name:value>', 'only counters that have this value')
    .action(async (o: UsageOptions) => {
      const counters = await readUsage(await openLimits(o, host), o)
      print({ counters }, o, host, (colours) => usageText(counters, host, colours))
    })
  limitsCommand(limits, {
    name: 'reservations',
    summary: 'list what was reserved, the newest first',
    description: 'List reservations with what each counts, 100 at a time, the newest first. Needs the role viewer.',
    examples: ['reservations --state committed', 'reservations --business-key cobo:acme:tx-1 --output json'],
  })
    .addOption(new Option('--state <state>', 'only these').choices(['held', 'committed', 'confirmed', 'released']))
    .option('--business-key <key>', 'only those of one transaction')
    .option('--after <id>', 'the next page')
    .action(async (o: ReservationsOptions) => {
      const client = await openLimits(o, host)
      const query = { state: o.state, business_key: o.businessKey, after: o.after }
      const found = await client.get('/v1/reservations', reservationsSchema, query)
      print(found, o, host, (colours) => reservationsText(found, host, colours))
    })
}

/** All pages. */
async function readUsage(client: AdminClient, { rule, dimension }: UsageOptions): Promise<readonly Counter[]> {
  const counters: Counter[] = []
  let after: string | undefined
  do {
    const page = await client.get('/v1/usage', usageSchema, { rule, dimension, after })
    counters.push(...page.counters)
    after = page.next ?? undefined
  } while (after !== undefined)
  return counters
}

function usageText(counters: readonly Counter[], host: Host, colours: Colours): string {
  if (counters.length === 0) return 'Nothing is counted yet.\n'
  const columns = [
    { title: 'RULE' },
    { title: 'OF' },
    { title: 'USED' },
    { title: '', align: 'right' },
    { title: 'LIMIT', align: 'right' },
    { title: 'LEFT', align: 'right' },
    { title: 'UNIT' },
    { title: 'NEXT FREE' },
  ] as const
  const rows = counters.map((counter): TableRow => ({
    cells: [
      { text: counter.mode === 'shadow' ? `${counter.rule} (shadow)` : counter.rule },
      { text: dimensionsText(counter.dimensions) },
      barOf(counter, colours),
      { text: counter.used },
      { text: counter.limit },
      { text: counter.extra === '0' ? counter.remaining : `${counter.remaining} +${counter.extra}` },
      { text: counter.unit },
      { text: counter.next_free_at ?? '-' },
    ],
  }))
  return table(columns, rows, host, colours)
}

function barOf({ used_atomic: used, limit_atomic: limit }: Counter, { red, green }: Colours): Cell {
  const [part, whole] = [BigInt(used), BigInt(limit)]
  const tenths = whole === 0n ? BAR_CELLS : (part * BAR_CELLS) / whole
  const filled = Number(tenths > BAR_CELLS ? BAR_CELLS : tenths < 0n ? 0n : tenths)
  const text = `${'\u2588'.repeat(filled)}${'\u2591'.repeat(Number(BAR_CELLS) - filled)}`
  return { text, paint: tenths >= FULL_TENTHS ? red : green }
}

function reservationsText(
  { reservations, next }: z.output<typeof reservationsSchema>,
  host: Host,
  colours: Colours,
): string {
  if (reservations.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'BUSINESS KEY' },
    { title: 'STATE' },
    { title: 'WALLET' },
    { title: 'SINCE' },
    { title: 'COUNTS' },
  ]
  const rows = reservations.map((reservation): TableRow => ({
    cells: [
      { text: reservation.business_key },
      stateCell(reservation, colours),
      { text: reservation.wallet ?? '-' },
      { text: reservation.created_at },
      { text: reservation.counted.map(countedText).join(', ') },
    ],
    ...(reservation.why !== '' && { notes: [{ text: reservation.why, paint: colours.dim }] }),
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

const countedText = ({ rule, counted, unit, counted_atomic: atomic }: z.output<typeof countedSchema>): string =>
  `${rule} ${counted === undefined ? `${atomic} (atomic, not active)` : `${counted} ${unit ?? ''}`}`

function stateCell({ state }: Reservation, { yellow, cyan, green, dim }: Colours): Cell {
  const paints: Readonly<Record<string, (text: string) => string>> = {
    held: yellow,
    committed: cyan,
    confirmed: green,
    released: dim,
  }
  const paint = paints[state]
  return { text: state, ...(paint !== undefined && { paint }) }
}
