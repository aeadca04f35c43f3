import type { DoctorContext } from './check.ts'
import { findingsOf, type Finding } from './finding.ts'

/** What every configuration has, and what a gateway's has beside it. */
const COMMON = ['identity', 'callers', 'callback'] as const
const GATEWAY = ['checkers', 'quorum'] as const
type Block = (typeof COMMON)[number] | (typeof GATEWAY)[number]

/**
 * The findings of a check that stands on `blocks`; `ok` when it has none. Of a block that does not hold nothing was seen, so that nothing
 * is well: that is said instead.
 */
export function orOk(
  findings: readonly Finding[],
  ok: Finding,
  { common, gateway, service }: DoctorContext,
  blocks: readonly Block[],
): readonly Finding[] {
  const unread = [
    ...COMMON.filter((block) => common[block] === undefined),
    // Of what nobody recognised it cannot be said that it needs none.
    ...GATEWAY.filter((block) => (service === 'gateway' || service === undefined) && gateway[block] === undefined),
  ].filter((block) => blocks.includes(block))
  if (unread.length === 0) return findings.length > 0 ? findings : [ok]
  const { skipped } = findingsOf(ok.check)
  return [...findings, skipped(`${unread.join(', ')} cannot be read from the configuration, and was not looked at`)]
}
