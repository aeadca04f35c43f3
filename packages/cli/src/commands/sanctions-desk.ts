import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { moreHint, print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import type { Host } from '../host.ts'
import type { Cell, TableRow } from '../table.ts'
import { openSanctions, sanctionsCommand } from './sanctions-client.ts'

const who = { created_by: z.string(), approved_by: z.string(), approved_at: z.string(), reason: z.string() }

const blockSchema = z.looseObject({
  ...who,
  id: z.string(),
  state: z.enum(['pending', 'active', 'expired', 'revoked']),
  address: z.string().nullable(),
  source: z.string().nullable(),
  party_id: z.string().nullable(),
  keys: z.array(z.string()),
  scope: z.string(),
  source_ref: z.string(),
  expires_at: z.string().nullable(),
  review_at: z.string(),
  review_due: z.boolean(),
})
const blocksSchema = z.object({ blocks: z.array(blockSchema), next: z.string().nullable() })

const overrideSchema = z.looseObject({
  ...who,
  id: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  address: z.string(),
  organisation: z.string(),
  wallet: z.string(),
  licence_ref: z.string().nullable(),
  case_ref: z.string(),
  expires_at: z.string(),
  uses: z.string(),
})
const overridesSchema = z.object({ overrides: z.array(overrideSchema), next: z.string().nullable() })

interface ListOptions extends AdminOptions {
  readonly state?: string
  readonly after?: string
}

/** `sanctions blocks|overrides`. */
export function addSanctionsDesk(sanctions: Command, host: Host): void {
  sanctionsCommand(sanctions, {
    name: 'blocks',
    summary: 'list our own blocks, the newest first',
    description: 'List blocks of our own, 100 at a time, the newest first. Needs the role viewer.',
    examples: ['blocks --state active'],
  })
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'active', 'expired', 'revoked']))
    .option('--after <id>', 'the next page')
    .action(async (o: ListOptions) => {
      const client = await openSanctions(o, host)
      const found = await client.get('/v1/blocks', blocksSchema, { state: o.state, after: o.after })
      print(found, o, host, (colours) => blocksText(found, host, colours))
    })
  sanctionsCommand(sanctions, {
    name: 'overrides',
    summary: 'list what lets wallets pay listed addresses, the newest first',
    description: 'List overrides with their uses, 100 at a time, the newest first. Needs the role viewer.',
    examples: ['overrides --state active'],
  })
    .addOption(new Option('--state <state>', 'only these').choices(['active', 'expired', 'revoked']))
    .option('--after <id>', 'the next page')
    .action(async (o: ListOptions) => {
      const client = await openSanctions(o, host)
      const found = await client.get('/v1/overrides', overridesSchema, { state: o.state, after: o.after })
      print(found, o, host, (colours) => overridesText(found, host, colours))
    })
}

function blocksText({ blocks, next }: z.output<typeof blocksSchema>, host: Host, colours: Colours): string {
  if (blocks.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'STATE' },
    { title: 'WHAT' },
    { title: 'ON' },
    { title: 'UNTIL' },
    { title: 'REVIEW' },
  ] as const
  const rows = blocks.map((block): TableRow => ({
    cells: [
      { text: block.id },
      stateCell(block.state, colours),
      {
        text: block.address ?? `${block.source ?? ''} party ${block.party_id ?? ''}, ${String(block.keys.length)} keys`,
      },
      { text: block.scope },
      { text: block.expires_at ?? '-' },
      { text: block.review_at, ...(block.review_due && { paint: colours.red }) },
    ],
    notes: [{ text: `${byText(block)}; ${block.source_ref}`, paint: colours.dim }],
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

function overridesText({ overrides, next }: z.output<typeof overridesSchema>, host: Host, colours: Colours): string {
  if (overrides.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'STATE' },
    { title: 'ADDRESS' },
    { title: 'WALLET' },
    { title: 'UNTIL' },
    { title: 'USED', align: 'right' },
  ] as const
  const rows = overrides.map((override): TableRow => ({
    cells: [
      { text: override.id },
      stateCell(override.state, colours),
      { text: override.address },
      { text: `${override.wallet} of ${override.organisation}` },
      { text: override.expires_at },
      { text: override.uses },
    ],
    notes: [
      {
        text: `${byText(override)}; ${override.case_ref}; licence ${override.licence_ref ?? 'none'}`,
        paint: colours.dim,
      },
    ],
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

const byText = (made: {
  readonly created_by: string
  readonly approved_by: string
  readonly approved_at: string
  readonly reason: string
}): string => `${made.approved_at} by ${made.created_by} and ${made.approved_by}: ${made.reason}`

function stateCell(state: 'pending' | 'active' | 'expired' | 'revoked', { yellow, green, dim }: Colours): Cell {
  return { text: state, paint: { pending: yellow, active: green, expired: dim, revoked: dim }[state] }
}
