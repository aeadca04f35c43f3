import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import type { Finish, Host } from '../host.ts'
import type { TableRow } from '../table.ts'
import { openSanctions, sanctionsCommand, shortSha } from './sanctions-client.ts'

const diffSchema = z.object({
  source: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  counts: z.looseObject({ added: z.number(), removed: z.number(), moved: z.number(), changed: z.number() }),
  truncated: z.boolean(),
  csv: z.string().optional(),
  lines: z
    .array(
      z.looseObject({
        change: z.enum(['added', 'removed', 'moved', 'changed']),
        code: z.string(),
        value: z.string(),
        party_id: z.string(),
        party_name: z.string(),
        former_party_id: z.string().nullable(),
      }),
    )
    .optional(),
})

const screenSchema = z.looseObject({
  address: z.string(),
  readings: z.array(z.object({ family: z.string(), key: z.string() })),
  lists: z.array(
    z.looseObject({
      source: z.string(),
      standing: z.enum(['fresh', 'stale', 'absent']),
      version_sha: z.string().nullable(),
      matches: z.array(
        z.looseObject({
          strength: z.enum(['L1', 'L2', 'L3']),
          listed_as: z.string(),
          code: z.string(),
          party_id: z.string(),
          party_name: z.string(),
          programs: z.array(z.string()),
          removed_by: z.string().nullable(),
        }),
      ),
    }),
  ),
})
type Screened = z.output<typeof screenSchema>

interface DiffOptions extends AdminOptions {
  readonly from?: string
  readonly until: string
  readonly csv?: boolean
}

/** `sanctions diff|screen`. */
export function addSanctionsLooks(sanctions: Command, host: Host, finish: Finish): void {
  sanctionsCommand(sanctions, {
    name: 'diff',
    summary: 'show what changed from one version of a list to another',
    description:
      'Show what a version added, removed, moved to another party or says anew. Without --from: against the version that screens. Needs the role viewer.',
    examples: [
      'diff ofac-sdn --until 1f2e...64 digits',
      'diff ofac-sdn --from 0a1b... --until 1f2e... --csv > diff.csv',
    ],
  })
    .argument('<source>', 'name of the list')
    .requiredOption('--until <sha256>', 'the later version', readSha)
    .option('--from <sha256>', 'the earlier version', readSha)
    .addOption(new Option('--csv', 'as a table for spreadsheets').conflicts('output'))
    .action(async (source: string, o: DiffOptions) => {
      const client = await openSanctions(o, host)
      const query = { from: o.from, to: o.until, ...(o.csv === true && { format: 'csv' }) }
      const found = await client.get(`/v1/lists/${encodeURIComponent(source)}/diff`, diffSchema, query)
      if (found.csv === undefined) print(found, o, host, (colours) => diffText(found, host, colours))
      else host.stdout.write(found.csv)
    })
  sanctionsCommand(sanctions, {
    name: 'screen',
    summary: 'ask what the lists say of an address',
    description:
      'Ask what the lists say of an address, as an analyst: nothing is decided, and that you asked is logged. Exit code 1 when it is listed, 2 when a list ' +
      'is stale or missing, so that nothing found means nothing. Needs the role viewer.',
    examples: [
      'screen 0x098B716B8Aaf21512996dC57EB0615e2383E2f96',
      'screen 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h --chain bitcoin',
    ],
  })
    .argument('<address>', 'in any spelling')
    .option('--chain <id>', 'a chain of the asset file; default: every reading that its checksum allows')
    .action(async (address: string, o: AdminOptions & { readonly chain?: string }) => {
      const client = await openSanctions(o, host)
      const found = await client.get('/v1/screen', screenSchema, { address, chain: o.chain })
      print(found, o, host, (colours) => screenText(found, host, colours))
      const isListed = found.lists.some(({ matches }) => matches.length > 0)
      const isCertain = found.lists.every(({ standing }) => standing === 'fresh')
      if (isListed || !isCertain) finish(isListed ? 1 : 2)
    })
}

function readSha(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('Expected 64 lower-case hexadecimal digits.')
  return text
}

function diffText(found: z.output<typeof diffSchema>, host: Host, colours: Colours): string {
  const { source, from, to, counts, lines = [], truncated } = found
  const { green, red, yellow } = colours
  const head =
    `${source} ${from === null ? 'from nothing' : shortSha(from)} to ${shortSha(to)}: ${String(counts.removed)} removed, ${String(counts.added)} added, ` +
    `${String(counts.moved)} moved, ${String(counts.changed)} changed\n`
  if (lines.length === 0) return head
  const paints = { added: red, removed: green, moved: yellow, changed: yellow }
  const rows = lines.map(
    ({ change, code, value, party_id: id, party_name: name, former_party_id: former }): TableRow => ({
      cells: [
        { text: change, paint: paints[change] },
        { text: code },
        { text: value },
        { text: `${name} (${former === null || former === id ? id : `${former} before, ${id}`})` },
      ],
    }),
  )
  const columns = [{ title: 'CHANGE' }, { title: 'CODE' }, { title: 'ADDRESS' }, { title: 'PARTY' }]
  return `${head}${table(columns, rows, host, colours)}${truncated ? 'There are more than can be shown.\n' : ''}`
}

function screenText({ address, readings, lists }: Screened, host: Host, colours: Colours): string {
  const { red, green, yellow } = colours
  const unsure = lists.filter(({ standing }) => standing !== 'fresh')
  const matches = lists.flatMap((list) => list.matches.map((match) => ({ ...match, source: list.source })))
  const read =
    readings.length === 0
      ? 'read as no address, looked up as it is written'
      : `read as ${readings.map(({ family, key }) => `${family} ${key}`).join(', ')}`
  const said = unsure.map(({ source, standing }) => `${yellow('UNSURE')} ${source} is ${standing}\n`).join('')
  if (matches.length === 0)
    return `${said}${unsure.length === 0 ? green('NOT LISTED') : yellow('NOT FOUND')} ${address}\n${read}\n`
  const columns = [
    { title: 'LIST' },
    { title: 'STRENGTH' },
    { title: 'PARTY' },
    { title: 'PROGRAMS' },
    { title: 'LISTED AS' },
  ]
  const rows = matches.map((match): TableRow => ({
    cells: [
      { text: match.source },
      { text: match.strength, paint: red },
      { text: `${match.party_name} (${match.party_id})` },
      { text: match.programs.join(' ') },
      { text: `${match.code} ${match.listed_as}` },
    ],
    ...(match.removed_by !== null && {
      notes: [{ text: `no longer listed by ${shortSha(match.removed_by)}; held`, paint: yellow }],
    }),
  }))
  return `${said}${red('LISTED')} ${address}\n${read}\n${table(columns, rows, host, colours)}`
}
