import type { GatewayConfig } from '@callback-quorum/gateway'
import type { Lint } from './lint.ts'

type QuorumEntry = GatewayConfig['quorum'][number]

/** Judges by the business record alone and never binds bytes; what an entry is called is all that a gateway knows of it. */
const NEVER_BINDS = /^(?:business-)?look-?up/

/** Whether what is signed is bound to what was judged, by anybody. */
export function lintQuorum({ quorum = [], checkers = [] }: Partial<GatewayConfig>): readonly Lint[] {
  const binds = (name: string): boolean =>
    !NEVER_BINDS.test(name) && checkers.find((entry) => entry.name === name)?.binding !== 'request_id'
  return quorum.flatMap((entry, index): Lint[] => {
    if (!entry.kinds.some((kind) => kind === 'keysign' || kind === 'tx-signing')) return []
    if (entry.accept_unbound)
      return [
        {
          status: 'warning',
          path: ['quorum', index, 'accept_unbound'],
          problem: `${entry.callers.join(', ')}: approvals are given although no checker bound the bytes to be signed to what was judged`,
          fix: 'Add integrity (or limits, sanctions) to require and leave accept_unbound out',
        },
      ]
    if (entry.require.some(binds)) return []
    return [
      {
        status: 'failed',
        path: ['quorum', index, 'require'],
        problem: `${entry.callers.join(', ')}: none of ${entry.require.join(', ')} binds the bytes to be signed, so that nothing is ever approved`,
        fix: 'Add integrity (or limits, sanctions) to require, or write accept_unbound: true where nobody can decode the bytes',
      },
    ]
  })
}

/**
 * A checker that claims at the approval and is not asked at the signing keeps its claim until `approval_hold` lets go of it, and then
 * the transaction is signed without one.
 */
export function lintLeftovers({ quorum = [], checkers = [], callers = [] }: Partial<GatewayConfig>): readonly Lint[] {
  const organisationOf = new Map(callers.map(({ name, organisation }) => [name, organisation]))
  const organisationsOf = ({ callers: names }: QuorumEntry): ReadonlySet<string | undefined> =>
    new Set(names.map((name) => organisationOf.get(name)))
  const claims = new Set(checkers.filter(({ outcome }) => outcome).map(({ name }) => name))
  const signings = quorum.filter(({ kinds }) => kinds.includes('tx-signing'))
  return quorum.flatMap((approval, index): Lint[] => {
    if (!approval.kinds.includes('tx-approval')) return []
    const organisations = organisationsOf(approval)
    const followed = signings.filter((signing) => [...organisationsOf(signing)].some((name) => organisations.has(name)))
    const left = approval.require.filter(
      (name) => claims.has(name) && followed.some(({ require }) => !require.includes(name)),
    )
    return left.map((name) => ({
      status: 'warning',
      path: ['quorum', index, 'require'],
      problem: `${name} claims at tx-approval and is not asked at tx-signing: what it holds lapses while the transaction may still be signed`,
      fix: `Name ${name} in require of the quorum entry for tx-signing too, or take it out of the one for tx-approval`,
    }))
  })
}
