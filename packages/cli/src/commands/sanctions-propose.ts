import type { Command } from 'commander'
import type { AdminOptions } from '../admin-client.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { propose } from '../two-person-commands.ts'
import { SANCTIONS, sanctionsCommand } from './sanctions-client.ts'
import { SANCTIONS_PROPOSALS } from './sanctions-proposal.ts'

const NOTHING_YET = 'Nothing happens until another person approves it. Needs the role operator.'

interface Reasoned extends AdminOptions {
  readonly reason: string
}

interface BlockOptions extends Reasoned {
  readonly address?: string
  readonly party?: string
  readonly scope: string
  readonly sourceRef: string
  readonly effectiveFrom?: string
  readonly expiresAt?: string
  readonly reviewAt: string
}

interface OverrideOptions extends Reasoned {
  readonly address: string
  readonly organisation: string
  readonly wallet: string
  readonly maxAmountAtomic?: string
  readonly asset?: string
  readonly caseRef: string
  readonly licenceRef?: string
  readonly expiresAt: string
}

type Send = (o: AdminOptions, body: object) => Promise<void>

/** What of sanctions needs two people: blocks, overrides, versions and removals. */
export function addSanctionsProposals(sanctions: Command, host: Host): void {
  const send: Send = (o, body) => propose(SANCTIONS, SANCTIONS_PROPOSALS, host, o, body)
  addBlock(sanctions, send)
  addOverride(sanctions, send)
  addRevocations(sanctions, send)
  addVersionDecisions(sanctions, send)
}

const withReason = (command: Command): Command =>
  command.requiredOption('-r, --reason <text>', 'why; stands in the history')

function addBlock(sanctions: Command, send: Send): void {
  withReason(
    sanctionsCommand(sanctions, {
      name: 'block',
      summary: 'propose to refuse an address, or all of a listed party, ourselves',
      description:
        'Propose a block of our own: of one address in every encoding of its key, or of all addresses that a list has of a party now, so that they stay ' +
        `blocked when the list lets them go. ${NOTHING_YET}`,
      examples: [
        'block --address 0x8589427373D6D84E98730D7795D8f6f8731FDA16 --source-ref "case 2026-17" \\\n      --review-at 2027-05-01T00:00:00Z --reason "mixer"',
        'block --party ofac-sdn:39796 --source-ref "board 2026-03" \\\n      --review-at 2027-05-01T00:00:00Z --reason "stays blocked after its delisting"',
      ],
    }),
  )
    .option('--address <address>', 'in any spelling')
    .option('--party <source:id>', 'of a list, as sanctions screen shows it')
    .option('--scope <chain>', 'a chain of the asset file; * for all', '*')
    .requiredOption('--source-ref <text>', 'where the decision is filed')
    .requiredOption('--review-at <time>', 'when somebody has to look again, with its zone')
    .option('--effective-from <time>', 'with its zone; default: as soon as it is approved')
    .option('--expires-at <time>', 'with its zone; default: never')
    .action((o: BlockOptions) => {
      if ((o.address === undefined) === (o.party === undefined))
        throw new UsageError('expected one of --address and --party')
      const { reason, scope, sourceRef, reviewAt, effectiveFrom, expiresAt } = o
      return send(o, {
        kind: 'block',
        ...(o.address === undefined ? { party: readParty(o.party ?? '') } : { address: o.address }),
        scope,
        reason,
        source_ref: sourceRef,
        review_at: reviewAt,
        ...(effectiveFrom !== undefined && { effective_from: effectiveFrom }),
        ...(expiresAt !== undefined && { expires_at: expiresAt }),
      })
    })
}

function readParty(text: string): object {
  const [, source, id] = /^([^:]+):(.+)$/.exec(text) ?? []
  if (source === undefined || id === undefined)
    throw new UsageError(`--party ${text}: expected source:id, such as ofac-sdn:39796`)
  return { source, party_id: id }
}

function addOverride(sanctions: Command, send: Send): void {
  withReason(
    sanctionsCommand(sanctions, {
      name: 'override',
      summary: 'propose to let one wallet pay one listed address',
      description:
        'Propose that one wallet may pay one address in spite of exactly the entries that list it now; a new or changed entry voids it. At most 90 days. What ' +
        `lists the address itself needs the reference of a licence. ${NOTHING_YET}`,
      examples: [
        'override --address 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h --organisation acme --wallet hot-1 \\\n      ' +
          '--case-ref "case 2026-18" --licence-ref "OFAC SDNTK-2026-1" --expires-at 2026-12-20T00:00:00Z --reason "court order"',
      ],
    }),
  )
    .requiredOption('--address <address>', 'in any spelling')
    .requiredOption('--organisation <name>', 'whose wallet it is')
    .requiredOption('--wallet <id>', 'the only one that may pay')
    .option('--max-amount-atomic <amount>', 'of one payment, in atomic units of --asset')
    .option('--asset <id>', 'as the asset file names it')
    .requiredOption('--case-ref <text>', 'where the decision is filed')
    .option('--licence-ref <text>', 'general or specific licence of the authority')
    .requiredOption('--expires-at <time>', 'with its zone')
    .action((o: OverrideOptions) =>
      send(o, {
        kind: 'override',
        address: o.address,
        organisation: o.organisation,
        wallet: o.wallet,
        reason: o.reason,
        case_ref: o.caseRef,
        expires_at: o.expiresAt,
        ...(o.licenceRef !== undefined && { licence_ref: o.licenceRef }),
        ...(o.maxAmountAtomic !== undefined && { max_amount_atomic: o.maxAmountAtomic }),
        ...(o.asset !== undefined && { asset: o.asset }),
      }),
    )
}

function addRevocations(sanctions: Command, send: Send): void {
  for (const { name, kind, member, what } of [
    { name: 'unblock', kind: 'revoke-block', member: 'block_id', what: 'block' },
    { name: 'revoke-override', kind: 'revoke-override', member: 'override_id', what: 'override' },
  ])
    withReason(
      sanctionsCommand(sanctions, {
        name,
        summary: `propose to take back one ${what}`,
        description: `Propose to take back one ${what}, as sanctions ${what}s shows it. ${NOTHING_YET}`,
        examples: [`${name} 7 --reason "resolved, case 2026-17"`],
      }),
    )
      .argument('<id>', `of the ${what}`)
      .action((id: string, o: Reasoned) => send(o, { kind, [member]: id, reason: o.reason }))
}

function addVersionDecisions(sanctions: Command, send: Send): void {
  for (const { name, summary, description } of [
    {
      name: 'activate-version',
      summary: 'propose to screen with a version that a gate held back',
      description:
        'Propose to screen with a quarantined version, as sanctions versions shows it; sanctions diff says what it changes.',
    },
    {
      name: 'refuse-version',
      summary: 'propose never to screen with a version that a gate held back',
      description: 'Propose never to screen with a quarantined version.',
    },
    {
      name: 'acknowledge-removals',
      summary: 'propose to let go of the addresses that a version no longer lists',
      description: 'Propose that what this version no longer lists stops blocking; until then it blocks as before.',
    },
  ])
    withReason(
      sanctionsCommand(sanctions, {
        name,
        summary,
        description: `${description} ${NOTHING_YET}`,
        examples: [`${name} ofac-sdn 1f2e...64 digits --reason "delisting of 2025-03-21, read"`],
      }),
    )
      .argument('<source>', 'name of the list')
      .argument('<sha256>', 'of the version')
      .action((source: string, sha256: string, o: Reasoned) =>
        send(o, { kind: name, source, sha256, reason: o.reason }),
      )
}
