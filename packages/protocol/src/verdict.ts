import { z } from 'zod'
import { COBO_STATUS } from './cobo-status.ts'
import { isDigest } from './digest.ts'
import type { Digest } from './digest.ts'
import type { FireblocksAction } from './fireblocks/fireblocks-action.ts'
import { DIALECTS, KINDS } from './kinds.ts'
import type { Dialect, Kind } from './kinds.ts'
import { isJsonObject } from './strict-json.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'

/** What a checker signs beside its answer, so that the answer counts for this very question only (DESIGN.md, "Between gateway and checker"). */
export interface Verdict {
  readonly checker: string
  /** SPKI fingerprint of the caller's key. */
  readonly caller: string
  readonly dialect: Dialect
  readonly kind: Kind
  readonly request_id: string
  readonly digest: Digest
  /** SHA-256 of the checker's policy, lower-case hex. */
  readonly policy_digest: string
  readonly data_version: string
  /** False when the question is outside the checker's remit: satisfies no requirement. */
  readonly judged: boolean
  /** What the judgement stood on: the decoded bytes, their description, or neither. */
  readonly bound: 'raw' | 'description' | 'none'
  readonly outcome: 'approve' | 'reject' | 'unable'
  readonly codes: readonly string[]
  /** Unix milliseconds. */
  readonly issued_at: number
}

interface AskedQuestion {
  readonly checker: string
  readonly caller: string
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly digest: Digest
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** What was asked, and what the reply that carried the verdict says: status and action of Cobo's, or `reply` of another family. */
export type VerdictExpectation = AskedQuestion &
  (
    | { readonly status: number; readonly action?: string; readonly reply?: never }
    | { readonly reply: { readonly family: 'fireblocks'; readonly action: FireblocksAction } }
  )

export const VERDICT_TEXT_LENGTH_MAX = 256
export const VERDICT_CODES_MAX = 64

const boundedText = z.string().max(VERDICT_TEXT_LENGTH_MAX)

const verdictSchema = z.strictObject({
  checker: boundedText,
  caller: boundedText,
  dialect: z.enum(DIALECTS),
  kind: z.enum(KINDS),
  request_id: boundedText,
  digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  policy_digest: z.string().regex(/^[0-9a-f]{64}$/),
  data_version: boundedText,
  judged: z.boolean(),
  bound: z.enum(['raw', 'description', 'none']),
  outcome: z.enum(['approve', 'reject', 'unable']),
  codes: z.array(z.string().regex(/^[\x21-\x7e]{1,128}$/)).max(VERDICT_CODES_MAX),
  issued_at: z.int().nonnegative(),
})

/** The verdict when it is the answer to this very question; otherwise the name of every member that is wrong, missing or too many. */
export function readVerdict(
  value: JsonValue | undefined,
  expected: VerdictExpectation,
): { readonly verdict: Verdict } | { readonly mismatches: readonly string[] } {
  if (!isJsonObject(value)) return { mismatches: ['verdict'] }
  const result = verdictSchema.safeParse(value)
  const mismatches = new Set([
    ...(result.success ? [] : membersNamed(result.error)),
    ...membersThatDiffer(value, expected),
  ])
  return result.success && mismatches.size === 0 ? { verdict: result.data } : { mismatches: [...mismatches] }
}

function membersThatDiffer(value: JsonObject, expected: VerdictExpectation): string[] {
  const agrees: Readonly<Record<string, boolean>> = {
    checker: value.checker === expected.checker,
    caller: value.caller === expected.caller,
    dialect: value.dialect === expected.dialect,
    kind: value.kind === expected.kind,
    request_id: value.request_id === expected.requestId,
    digest: value.digest === expected.digest,
    outcome: agreesWithReply(value.outcome, expected),
    issued_at: isWithin(value.issued_at, expected.notBeforeMs, expected.notAfterMs),
  }
  return Object.keys(agrees).filter((member) => agrees[member] !== true)
}

/** A reply of one family never carries a verdict about a dialect of the other. */
function agreesWithReply(outcome: JsonValue | undefined, expected: VerdictExpectation): boolean {
  if (expected.reply === undefined) {
    return !isFireblocks(expected.dialect) && agreesWithCobo(outcome, expected.status, expected.action)
  }
  return isFireblocks(expected.dialect) && agreesWithFireblocks(outcome, expected.reply.action)
}

function agreesWithCobo(outcome: JsonValue | undefined, status: number, action: string | undefined): boolean {
  switch (outcome) {
    case 'approve':
      return status === COBO_STATUS.ok && action === 'APPROVE'
    case 'reject':
      return status === COBO_STATUS.ok && action === 'REJECT'
    case 'unable':
      return status === COBO_STATUS.internalError && action === undefined
    default:
      return false
  }
}

function agreesWithFireblocks(outcome: JsonValue | undefined, action: FireblocksAction): boolean {
  switch (outcome) {
    case 'approve':
      return action === 'APPROVE'
    case 'reject':
      return action === 'REJECT'
    case 'unable':
      return action === 'RETRY'
    default:
      return false
  }
}

function isFireblocks(dialect: Dialect): boolean {
  return dialect === 'fireblocks-jwt' || dialect === 'fireblocks-json'
}

function isWithin(value: JsonValue | undefined, fromMs: number, toMs: number): boolean {
  return typeof value === 'number' && value >= fromMs && value <= toMs
}

function membersNamed(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]))
}
