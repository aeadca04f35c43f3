import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { moreHint, print, table } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import type { Cell, TableRow } from '../table.ts'
import { visible } from '../visible.ts'
import { lookupCommand, openLookupAdmin } from './business-lookup-client.ts'

const claimShape = {
  id: z.string(),
  organisation: z.string(),
  reference: z.string(),
  state: z.enum(['held', 'released']),
  claimed_at: z.string(),
  released_at: z.string().nullable(),
  released_by: z.string().nullable(),
  release_approved_by: z.string().nullable(),
}
const listedSchema = z.looseObject({ ...claimShape, holders: z.array(z.string()) })
const claimsSchema = z.object({ claims: z.array(listedSchema), next: z.string().nullable() })
const comparisonSchema = z.looseObject({
  field: z.string(),
  expected: z.string().nullable(),
})
const shownSchema = z.looseObject({
  ...claimShape,
  terms_digest: z.string(),
  terms: z.array(comparisonSchema),
  slots: z.array(z.string()).nullable(),
  holders: z.array(
    z.looseObject({
      business_key: z.string(),
      record_digest: z.string(),
      record_version: z.string().nullable(),
      claimed_at: z.string(),
      released_at: z.string().nullable(),
    }),
  ),
  platform_said: z.array(
    z.looseObject({ business_key: z.string(), caller: z.string(), event: z.string(), at: z.string() }),
  ),
})
type Shown = z.output<typeof shownSchema>

interface ListOptions extends AdminOptions {
  readonly state?: string
  readonly organisation?: string
  readonly reference?: string
  readonly after?: string
}

/** `business-lookup claims` and `business-lookup claim ID`. */
export function addClaims(lookup: Command, host: Host): void {
  lookupCommand(lookup, {
    name: 'claims',
    summary: 'list who holds which reference, the newest first',
    description: 'List claims on references, 100 at a time, the newest first. Needs the role viewer.',
    examples: ['claims --reference WD-00004711', 'claims --state held --organisation acme'],
  })
    .addOption(new Option('--state <state>', 'only these').choices(['held', 'released']))
    .option('--organisation <name>', 'only its claims')
    .option('--reference <reference>', 'only those of this reference')
    .option('--after <id>', 'the next page')
    .action(async (o: ListOptions) => {
      const client = await openLookupAdmin(o, host)
      const { state, organisation, reference, after } = o
      const found = await client.get('/v1/claims', claimsSchema, { state, organisation, reference, after })
      print(found, o, host, (colours) => claimsText(found, host, colours))
    })
  lookupCommand(lookup, {
    name: 'claim',
    summary: 'show one claim: what was approved, for whom, and what the platform said of it',
    description:
      'Show one claim: what was approved, every transaction that ever held it, and what the platform said became of them, which releases nothing. Needs the role viewer.',
    examples: ['claim 7'],
  })
    .argument('<id>', 'as business-lookup claims shows it')
    .action(async (id: string, o: AdminOptions) => {
      if (!/^\d{1,18}$/.test(id)) throw new UsageError(`${id} is no id of a claim; expected digits`)
      const client = await openLookupAdmin(o, host)
      const found = await client.get(`/v1/claims/${id}`, shownSchema)
      print(found, o, host, (colours) => claimText(found, host, colours))
    })
}

const releaseText = (claim: z.output<z.ZodObject<typeof claimShape>>): string =>
  claim.released_at === null
    ? ''
    : `${claim.released_at} by ${
        claim.release_approved_by === null
          ? "the gateway's outcome"
          : `${claim.released_by ?? ''} and ${claim.release_approved_by}`
      }`

const stateCell = (state: 'held' | 'released', { yellow, dim }: Colours): Cell => ({
  text: state,
  paint: { held: yellow, released: dim }[state],
})

function claimsText({ claims, next }: z.output<typeof claimsSchema>, host: Host, colours: Colours): string {
  if (claims.length === 0) return 'There is none.\n'
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'STATE' },
    { title: 'REFERENCE' },
    { title: 'ORGANISATION' },
    { title: 'CLAIMED' },
    { title: 'HOLDERS' },
  ] as const
  const rows = claims.map((claim): TableRow => ({
    cells: [
      { text: claim.id },
      stateCell(claim.state, colours),
      { text: claim.reference },
      { text: claim.organisation },
      { text: claim.claimed_at },
      { text: claim.holders.join(' ') },
    ],
    notes: claim.state === 'released' ? [{ text: `released ${releaseText(claim)}`, paint: colours.dim }] : [],
  }))
  return `${table(columns, rows, host, colours)}${moreHint(next)}`
}

function claimText(claim: Shown, host: Host, colours: Colours): string {
  const { bold, yellow, dim } = colours
  const state = claim.state === 'held' ? yellow('HELD') : dim(`RELEASED ${releaseText(claim)}`)
  const slots =
    claim.slots === null
      ? 'nothing was signed yet'
      : claim.slots.length === 0
        ? 'it can never be replaced: what its signature uses up is not known'
        : `replaced only by what uses up ${claim.slots.join(' or ')}`
  const paid = claim.terms.map(({ field, expected }) => `  ${field}: ${visible(expected ?? '-')}\n`)
  const holders = claim.holders.map((holder): TableRow => ({
    cells: [
      { text: holder.business_key },
      { text: holder.claimed_at },
      { text: holder.released_at ?? '-' },
      { text: `${holder.record_digest}${holder.record_version === null ? '' : ` version ${holder.record_version}`}` },
    ],
    notes: claim.platform_said
      .filter(({ business_key: key }) => key === holder.business_key)
      .map(({ at, caller, event }) => ({ text: `${at} ${caller} said ${event}`, paint: dim })),
  }))
  const columns = [{ title: 'HOLDER' }, { title: 'CLAIMED' }, { title: 'GAVE BACK' }, { title: 'RECORD' }]
  return (
    `${bold(`${claim.reference} of ${claim.organisation}`)} (claim ${claim.id}) ${state}\n` +
    `terms ${claim.terms_digest}, ${slots}\n${paid.join('')}\n${table(columns, holders, host, colours)}`
  )
}
