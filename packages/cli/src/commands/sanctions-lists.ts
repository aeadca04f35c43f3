import type { Command } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { moreHint, print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import type { Host } from '../host.ts'
import type { Cell, TableRow } from '../table.ts'
import { openSanctions, sanctionsCommand, shortSha } from './sanctions-client.ts'

const listsSchema = z.object({
  lists: z.array(
    z.looseObject({
      source: z.string(),
      standing: z.enum(['fresh', 'stale', 'absent']),
      why: z.string().nullable(),
      active: z
        .looseObject({
          sha256: z.string(),
          date_of_issue: z.string().nullable(),
          rows: z.number(),
          checked_at: z.string().nullable(),
          starter: z.boolean(),
        })
        .nullable(),
      published: z.object({ sha256: z.string(), state: z.string() }).nullable(),
      removals_held: z.number().nullable(),
      next_refresh_at: z.string().nullable(),
    }),
  ),
})

const findingSchema = z.looseObject({ gate: z.string() })
const versionsSchema = z.object({
  versions: z.array(
    z.looseObject({
      id: z.string(),
      sha256: z.string(),
      state: z.enum(['quarantined', 'active', 'superseded', 'refused']),
      date_of_issue: z.string().nullable(),
      fetched_at: z.string(),
      rows: z.number(),
      parties: z.number(),
      findings: z.array(findingSchema),
    }),
  ),
  next: z.string().nullable(),
})
type Version = z.output<typeof versionsSchema>['versions'][number]

/** `sanctions lists|versions|refresh`. */
export function addSanctionsLists(sanctions: Command, host: Host): void {
  sanctionsCommand(sanctions, {
    name: 'lists',
    summary: 'show every list: what screens, how old its last check is, what waits for people',
    description:
      'Show every list with the version that screens, its last check, and what waits for people. Needs the role viewer.',
    examples: ['lists'],
  }).action(async (o: AdminOptions) => {
    const client = await openSanctions(o, host)
    const found = await client.get('/v1/lists', listsSchema)
    print(found, o, host, (colours) => listsText(found, host, colours))
  })
  sanctionsCommand(sanctions, {
    name: 'versions',
    summary: 'show the versions of a list, the newest first',
    description:
      'Show the versions of a list, 100 at a time, the newest first, with what the gates found. Needs the role viewer.',
    examples: ['versions ofac-sdn'],
  })
    .argument('<source>', 'name of the list')
    .option('--after <id>', 'the next page')
    .action(async (source: string, o: AdminOptions & { readonly after?: string }) => {
      const client = await openSanctions(o, host)
      const path = `/v1/lists/${encodeURIComponent(source)}/versions`
      const found = await client.get(path, versionsSchema, { after: o.after })
      print(found, o, host, (colours) => versionsText(found, host, colours))
    })
  sanctionsCommand(sanctions, {
    name: 'refresh',
    summary: 'ask for a list now',
    description: 'Ask for a list now, through all gates, as is done by itself every so often. Needs the role operator.',
    examples: ['refresh ofac-sdn'],
  })
    .argument('<source>', 'name of the list')
    .action(async (source: string, o: AdminOptions) => {
      const client = await openSanctions(o, host)
      const answer = z.object({ source: z.string(), state: z.string() })
      const asked = await client.post(`/v1/lists/${encodeURIComponent(source)}/refresh`, answer, {})
      print(
        asked,
        o,
        host,
        ({ green }) => `${green('ASKED')} for ${asked.source}: sanctions versions shows what came of it\n`,
      )
    })
}

function listsText({ lists }: z.output<typeof listsSchema>, host: Host, colours: Colours): string {
  const columns = [
    { title: 'LIST' },
    { title: 'STANDING' },
    { title: 'VERSION' },
    { title: 'ISSUED' },
    { title: 'ROWS', align: 'right' },
    { title: 'CHECKED' },
  ] as const
  const rows = lists.map(({ source, standing, why, active, published, removals_held: held }): TableRow => {
    const notes = [
      ...(why === null ? [] : [{ text: why, paint: colours.red }]),
      ...(active?.starter === true
        ? [{ text: 'the starter list: for demonstrations only', paint: colours.yellow }]
        : []),
      ...(published !== null && published.state !== 'active'
        ? [
            {
              text: `the publication is ${shortSha(published.sha256)}, which is ${published.state}`,
              paint: colours.yellow,
            },
          ]
        : []),
      ...(held !== null && held > 0
        ? [{ text: `${String(held)} removed addresses block until they are acknowledged`, paint: colours.yellow }]
        : []),
    ]
    return {
      cells: [
        { text: source },
        standingCell(standing, colours),
        { text: active === null ? '-' : shortSha(active.sha256) },
        { text: active?.date_of_issue ?? '-' },
        { text: active === null ? '-' : String(active.rows) },
        { text: active?.checked_at ?? '-' },
      ],
      ...(notes.length > 0 && { notes }),
    }
  })
  return table(columns, rows, host, colours)
}

const standingCell = (standing: 'fresh' | 'stale' | 'absent', { green, red }: Colours): Cell => ({
  text: standing,
  paint: standing === 'fresh' ? green : red,
})

function versionsText({ versions, next }: z.output<typeof versionsSchema>, host: Host, colours: Colours): string {
  if (versions.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'SHA-256' },
    { title: 'STATE' },
    { title: 'ISSUED' },
    { title: 'FETCHED' },
    { title: 'ROWS', align: 'right' },
    { title: 'PARTIES', align: 'right' },
  ] as const
  const rows = versions.map((version): TableRow => ({
    cells: [
      // Whole: it is what a proposal names.
      { text: version.sha256 },
      stateCell(version, colours),
      { text: version.date_of_issue ?? '-' },
      { text: version.fetched_at },
      { text: String(version.rows) },
      { text: String(version.parties) },
    ],
    notes: version.findings.map((finding) => ({ text: findingText(finding), paint: colours.yellow })),
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

function stateCell({ state }: Version, { yellow, green, dim, red }: Colours): Cell {
  return { text: state, paint: { quarantined: yellow, active: green, superseded: dim, refused: red }[state] }
}

/** A gate and its figures, as they were compared. */
const findingText = ({ gate, ...figures }: z.output<typeof findingSchema>): string =>
  `${gate.replaceAll('_', ' ')}: ${Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')}`
