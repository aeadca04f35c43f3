import { CHANGE_TYPES, DIALECTS, KINDS } from '@callback-quorum/protocol'
import { commonConfigShape, duration, durationBetween, expecting, keyFiles } from '@callback-quorum/service'
import { z } from 'zod'
import type { Operation } from './question.ts'

/** The node waits 10 s for an answer (protocol: `request_timeout`); two are left for signing and the way back. */
const DEADLINE_DEFAULT_MS = 8_000

/** A transaction waits for its other approvers over a weekend, and is asked about anew afterwards. */
const APPROVAL_HOLD_MS = 3 * 86_400_000
/** Less is let go before the signing can follow; more is longer than any transaction waits. */
const APPROVAL_HOLD_MS_MIN = 60_000
const APPROVAL_HOLD_MS_MAX = 90 * 86_400_000

/** The blocks that every checker's configuration has beside the common ones; a checker adds its own to this shape. */
export const checkerConfigShape = {
  ...commonConfigShape,
  /** Who may post outcomes: the gateway's internal key. Without it, `/v2/outcome` takes nobody's word and claims stay until released by hand. */
  gateway: z.strictObject({ pubkey_path: keyFiles }).optional(),
  /** Direct registration only: kinds to approve although no rule judges them; every other such kind is rejected. */
  outside_remit: z.strictObject({ approve: z.array(z.enum(KINDS)) }).default({ approve: [] }),
  deadline: duration.default(DEADLINE_DEFAULT_MS),
  /**
   * Changes of a Fireblocks workspace, by the platform's own word; what is not named is rejected. `judge`: the rules of this checker look at
   * it. `approve`: this checker has nothing against it; say so only beside checkers that judge it, or where nobody needs to.
   */
  config_changes: z.partialRecord(z.enum(CHANGE_TYPES), z.enum(['judge', 'approve'])).default({}),
  /** Fireblocks: how long an approval holds what it took while no signing was approved; an approval alone moves nothing. */
  approval_hold: durationBetween(APPROVAL_HOLD_MS_MIN, APPROVAL_HOLD_MS_MAX, 'from 1m to 2160h').default(
    APPROVAL_HOLD_MS,
  ),
}

/** What can be signed without being understood; the rest binds or is refused. */
const OPERATIONS = ['transfer', 'contract-call', 'message', 'raw', 'other'] as const satisfies readonly Operation[]

const some = <T extends z.ZodType>(item: T) => z.array(item).min(1, { error: expecting('at least one') })

/**
 * For checkers that judge bytes: whose requests they judge by the description alone where there are no bytes, or bytes of a chain that
 * is not decoded. Bytes that do not agree are refused always. Everything is named, so that nothing is accepted by leaving a word out.
 */
export const acceptUnbound = z
  .array(
    z.strictObject({
      callers: some(z.string()),
      dialects: some(z.enum(DIALECTS)),
      chains: some(z.string()),
      operations: some(z.enum(OPERATIONS)),
    }),
  )
  .default([])
export type AcceptUnbound = z.output<typeof acceptUnbound>

export const checkerConfigSchema = z.strictObject(checkerConfigShape)
export type CheckerConfig = z.output<typeof checkerConfigSchema>
