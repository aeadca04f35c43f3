import type { Command } from 'commander'
import type { Finish, Host } from '../host.ts'
import { addTwoPersonCommands } from '../two-person-commands.ts'
import { addClaims } from './business-lookup-claims.ts'
import { BUSINESS_LOOKUP } from './business-lookup-client.ts'
import { addProducerToken } from './business-lookup-producer-token.ts'
import { addRelease, LOOKUP_PROPOSALS } from './business-lookup-release.ts'
import { addLookupTrial } from './business-lookup-try.ts'

/**
 * `callback-quorum business-lookup claims|claim|release|proposals|approve|refuse`: through the admin listener of a business-lookup checker, `try` by
 * its configuration, and `producer-token`. They stand beneath the command that runs one.
 */
export function addBusinessLookup(program: Command, host: Host, finish: Finish): void {
  const lookup = program.commands.find((command) => command.name() === 'business-lookup')
  if (lookup === undefined) throw new Error('invariant: business-lookup is a service')
  lookup.enablePositionalOptions()
  addClaims(lookup, host)
  addRelease(lookup, host)
  addTwoPersonCommands(lookup, BUSINESS_LOOKUP, LOOKUP_PROPOSALS, host)
  addLookupTrial(lookup, host, finish)
  addProducerToken(lookup, host)
}
