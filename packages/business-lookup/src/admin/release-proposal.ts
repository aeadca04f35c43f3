import { expecting } from '@callback-quorum/service'
import { z } from 'zod'

const LINE_LENGTH_MAX = 500
const EVIDENCE_LENGTH_MAX = 2_000

/** Printable, on one line: it stands in tables and in logs. */
const line = (lengthMax: number, what: string, example: string) =>
  z
    .string({ error: expecting(what, example) })
    .max(lengthMax, { error: expecting(`at most ${String(lengthMax)} characters`) })
    .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, { error: expecting(what, example) })

export const RELEASE_KINDS = ['release-claim'] as const
export type ReleaseKind = (typeof RELEASE_KINDS)[number]

/** A claim by its id, or the one that holds a reference now. */
export const releaseSchema = z.strictObject({
  kind: z.literal('release-claim'),
  claim_id: z
    .string({ error: expecting('an id', '"7"') })
    .regex(/^\d{1,18}$/, { error: expecting('an id', '"7"') })
    .optional(),
  organisation: line(LINE_LENGTH_MAX, 'an organisation', '"acme"').optional(),
  reference: line(LINE_LENGTH_MAX, 'a reference', '"WD-00004711"').optional(),
  reason: line(LINE_LENGTH_MAX, 'why, on one line', '"dropped by the network, ticket 4711"'),
  /** That nothing of it can become final any more, for whoever decides and whoever reads it later. */
  evidence: line(
    EVIDENCE_LENGTH_MAX,
    'what proves it, on one line',
    '"nonce 42 used by 0x5c50...e7 in block 23000000"',
  ),
})
export type WrittenRelease = z.output<typeof releaseSchema>

/** What the ledger keeps and an approval applies: exactly these holders, and nothing signed since. Read strictly. */
export const keptRelease = z.strictObject({
  claim_id: z.string(),
  organisation: z.string(),
  reference: z.string(),
  holders: z.array(z.string()).min(1),
  signatures: z.int().min(0),
  evidence: z.string(),
})
export type KeptRelease = z.output<typeof keptRelease>
