import type { Command } from 'commander'
import type { Finish, Host } from '../host.ts'
import { addLimitsDecisions } from './limits-decide.ts'
import { addLimitsExport } from './limits-export.ts'
import { addLimitsProposals } from './limits-propose.ts'
import { addLimitsLists } from './limits-read.ts'
import { addLimitsTrials } from './limits-try.ts'

/**
 * `callback-quorum limits usage|reservations|simulate|backtest|propose|proposals|approve|refuse|confirm|recount|export`: through the admin listener of
 * a limits checker. They stand beneath the command that runs one.
 */
export function addLimits(program: Command, host: Host, finish: Finish): void {
  const limits = program.commands.find((command) => command.name() === 'limits')
  if (limits === undefined) throw new Error('invariant: limits is a service')
  limits.enablePositionalOptions()
  addLimitsLists(limits, host)
  addLimitsTrials(limits, host)
  addLimitsProposals(limits, host)
  addLimitsDecisions(limits, host, finish)
  addLimitsExport(limits, host)
}
