import { KINDS } from '@callback-quorum/protocol'
import { commonConfigShape, duration, keyFiles } from '@callback-quorum/service'
import { z } from 'zod'

/** The node waits 10 s for an answer (protocol: `request_timeout`); two are left for signing and the way back. */
const DEADLINE_DEFAULT_MS = 8_000

/** The blocks that every checker's configuration has beside the common ones; a checker adds its own to this shape. */
export const checkerConfigShape = {
  ...commonConfigShape,
  /** Who may post outcomes: the gateway's internal key. Without it, `/v2/outcome` does not exist and claims stay until released by hand. */
  gateway: z.strictObject({ pubkey_path: keyFiles }).optional(),
  /** Direct registration only: kinds to approve although no rule judges them; every other such kind is rejected. */
  outside_remit: z.strictObject({ approve: z.array(z.enum(KINDS)) }).default({ approve: [] }),
  deadline: duration.default(DEADLINE_DEFAULT_MS),
}

export const checkerConfigSchema = z.strictObject(checkerConfigShape)
export type CheckerConfig = z.output<typeof checkerConfigSchema>
