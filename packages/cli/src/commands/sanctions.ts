import type { Command } from 'commander'
import type { Finish, Host } from '../host.ts'
import { addTwoPersonCommands } from '../two-person-commands.ts'
import { SANCTIONS } from './sanctions-client.ts'
import { addSanctionsDesk } from './sanctions-desk.ts'
import { addSanctionsLists } from './sanctions-lists.ts'
import { addSanctionsLooks } from './sanctions-look.ts'
import { addSanctionsLookback } from './sanctions-lookback.ts'
import { SANCTIONS_PROPOSALS } from './sanctions-proposal.ts'
import { addSanctionsReplay } from './sanctions-replay.ts'
import { addSanctionsProposals } from './sanctions-propose.ts'

/**
 * `callback-quorum sanctions lists|versions|diff|screen|block|override|lookback|replay|...`: through the admin listener of a sanctions checker. They stand
 * beneath the command that runs one.
 */
export function addSanctions(program: Command, host: Host, finish: Finish): void {
  const sanctions = program.commands.find((command) => command.name() === 'sanctions')
  if (sanctions === undefined) throw new Error('invariant: sanctions is a service')
  sanctions.enablePositionalOptions()
  addSanctionsLists(sanctions, host)
  addSanctionsLooks(sanctions, host, finish)
  addSanctionsDesk(sanctions, host)
  addSanctionsProposals(sanctions, host)
  addTwoPersonCommands(sanctions, SANCTIONS, SANCTIONS_PROPOSALS, host)
  addSanctionsLookback(sanctions, host, finish)
  addSanctionsReplay(sanctions, host, finish)
}
