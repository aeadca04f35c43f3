import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { AdminClient, AdminOptions } from '../admin-client.ts'
import { moreHint, print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import type { Finish, Host } from '../host.ts'
import type { TableRow } from '../table.ts'
import { openSanctions, sanctionsCommand } from './sanctions-client.ts'

const approvalSchema = z.looseObject({
  business_key: z.string(),
  role: z.string(),
  chain: z.string(),
  address: z.string(),
  decided_at: z.string(),
  matches: z.array(z.looseObject({ source: z.string(), strength: z.string(), party: z.string() })),
})
const lookbackSchema = z.object({
  days: z.number(),
  examined: z.number(),
  approvals: z.array(approvalSchema),
  next: z.string().nullable(),
})
const hitsSchema = z.object({
  hits: z.array(
    z.looseObject({
      id: z.string(),
      source: z.string(),
      found_in: z.string(),
      business_key: z.string().nullable(),
      chain: z.string(),
      address: z.string(),
      found_at: z.string(),
      report_by: z.string(),
    }),
  ),
  next: z.string().nullable(),
})

interface Options extends AdminOptions {
  readonly days: string
  readonly source?: string
  readonly found?: boolean
}

/** `sanctions lookback`. */
export function addSanctionsLookback(sanctions: Command, host: Host, finish: Finish): void {
  sanctionsCommand(sanctions, {
    name: 'lookback',
    summary: 'find past approvals whose addresses are listed now',
    description:
      'Screen the approvals of the last days once more with the lists of now. With --found: what was found by itself whenever a version took over, with ' +
      'the day until which the authority expects a report. Exit code 1 when there is any. Needs the role viewer.',
    examples: ['lookback --days 90', 'lookback --found --source ofac-sdn'],
  })
    .option('--days <days>', 'how far back', readDays, '30')
    .option('--source <list>', 'only this list')
    .option('--found', 'what was found whenever a version took over')
    .action(async (o: Options) => {
      const client = await openSanctions(o, host)
      const count = o.found === true ? await showHits(client, o, host) : await showApprovals(client, o, host)
      if (count > 0) finish(1)
    })
}

function readDays(text: string): string {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a number of days.')
  return text
}

/** All pages: whoever asks wants to know whether there is any. */
async function showApprovals(client: AdminClient, o: Options, host: Host): Promise<number> {
  let found = await client.get('/v1/lookback', lookbackSchema, { days: o.days, source: o.source })
  for (let page = found; page.next !== null;) {
    page = await client.get('/v1/lookback', lookbackSchema, { days: o.days, source: o.source, after: page.next })
    found = {
      ...page,
      examined: found.examined + page.examined,
      approvals: [...found.approvals, ...page.approvals],
    }
  }
  print(found, o, host, (colours) => approvalsText(found, host, colours))
  return found.approvals.length
}

function approvalsText(
  { days, examined, approvals }: z.output<typeof lookbackSchema>,
  host: Host,
  colours: Colours,
): string {
  const looked = `${String(examined)} addresses of approvals of the last ${String(days)} days looked up.\n`
  if (approvals.length === 0) return `${colours.green('NONE LISTED')}: ${looked}`
  const columns = [
    { title: 'BUSINESS KEY' },
    { title: 'APPROVED' },
    { title: 'ROLE' },
    { title: 'ADDRESS' },
    { title: 'LISTED' },
  ]
  const rows = approvals.map((approval): TableRow => ({
    cells: [
      { text: approval.business_key, paint: colours.red },
      { text: approval.decided_at },
      { text: approval.role },
      { text: `${approval.address} on ${approval.chain}` },
      { text: approval.matches.map(({ source, strength, party }) => `${party} (${strength}, ${source})`).join('; ') },
    ],
  }))
  return `${looked}${table(columns, rows, host, colours)}`
}

async function showHits(client: AdminClient, o: Options, host: Host): Promise<number> {
  const found = await client.get('/v1/lookback/hits', hitsSchema, { source: o.source })
  print(found, o, host, (colours) => hitsText(found, host, colours))
  return found.hits.length
}

function hitsText({ hits, next }: z.output<typeof hitsSchema>, host: Host, colours: Colours): string {
  if (hits.length === 0) return 'There is none.\n'
  const columns = [{ title: 'FOUND' }, { title: 'REPORT BY' }, { title: 'IN' }, { title: 'ADDRESS' }, { title: 'LIST' }]
  const rows = hits.map((hit): TableRow => ({
    cells: [
      { text: hit.found_at },
      { text: hit.report_by, paint: colours.red },
      { text: hit.business_key ?? hit.found_in },
      { text: `${hit.address} on ${hit.chain}` },
      { text: hit.source },
    ],
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}
