import { expecting } from '@callback-quorum/service'
import { z } from 'zod'

const REASON_LENGTH_MAX = 500
const EVIDENCE_LENGTH_MAX = 2_000
const KEY_LENGTH_MAX = 500

/** Printable, on one line: it stands in tables and in logs. */
const line = (lengthMax: number, error: string, example: string) =>
  z
    .string({ error: expecting(error, example) })
    .max(lengthMax, { error: expecting(`at most ${String(lengthMax)} characters`) })
    .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, { error: expecting(error, example) })

/** Why somebody does it. */
export const reasonText = line(REASON_LENGTH_MAX, 'why, on one line', '"customer asked twice, ticket 4711"')
/** What proves it, for whoever reads the ledger later. */
export const evidenceText = line(
  EVIDENCE_LENGTH_MAX,
  'what proves it, on one line',
  '"0x5c50...e7 final in block 23000000, own node"',
)
export const businessKeyText = line(KEY_LENGTH_MAX, 'a business key', '"cobo:acme:tx-1"')
/** A name as rules, registry and address book have them. */
export const nameOf = (what: string) => line(KEY_LENGTH_MAX, what, '"hot-1"')

/** Whole units. */
export const amountText = z
  .string({ error: expecting('a decimal string in whole units', '"1250.5"') })
  .max(120, { error: expecting('at most 120 characters') })
  .regex(/^(0|[1-9]\d*)(\.\d+)?$/, { error: expecting('a decimal string in whole units', '"1250.5"') })
