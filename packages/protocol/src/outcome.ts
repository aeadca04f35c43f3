import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { isBusinessKey } from './business-key.ts'
import type { BusinessKey } from './business-key.ts'
import { isDigest } from './digest.ts'
import type { Digest } from './digest.ts'
import { DIALECTS, KINDS } from './kinds.ts'
import type { Dialect, Kind } from './kinds.ts'
import { ProtocolFault } from './protocol-fault.ts'
import { signToken, verifySignedToken } from './signed-token.ts'
import type { VerificationKey } from './signed-token.ts'

/** How one question ended, told by the gateway to a checker it had asked. */
export interface OutcomeNotice {
  /** Name of the checker that is told. */
  readonly aud: string
  /** SPKI fingerprint of the key with which the caller signed: gateway and checker need not call it by one name. */
  readonly caller: string
  /** The API user whose Co-signer asked; absent for a Cobo node. */
  readonly signer_id?: string
  readonly dialect: Dialect
  readonly kind: Kind
  readonly request_id: string
  readonly digest: Digest
  readonly business_key: BusinessKey
  readonly outcome: 'approved' | 'rejected' | 'abandoned'
}

const OUTCOME_TYPE = 'cq-outcome+jwt'
export const OUTCOME_EXPIRE_MS = 60_000

const named = z.string().min(1)

const outcomeSchema = z.strictObject({
  aud: named,
  exp: z.number(),
  caller: named,
  signer_id: named.optional(),
  dialect: z.enum(DIALECTS),
  kind: z.enum(KINDS),
  request_id: named,
  digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  business_key: z.custom<BusinessKey>((value) => typeof value === 'string' && isBusinessKey(value)),
  outcome: z.enum(['approved', 'rejected', 'abandoned']),
})

export function signOutcome(notice: OutcomeNotice, privateKey: KeyObject, nowMs: number): Promise<string> {
  const { aud, caller, signer_id, dialect, kind, request_id, digest, business_key, outcome } = notice
  const exp = Math.floor((nowMs + OUTCOME_EXPIRE_MS) / 1_000)
  return signToken(
    {
      aud,
      exp,
      caller,
      ...(signer_id !== undefined && { signer_id }),
      dialect,
      kind,
      request_id,
      digest,
      business_key,
      outcome,
    },
    OUTCOME_TYPE,
    privateKey,
  )
}

/** The notice, when it is signed by one of `keys`, meant for `audience` and not older than a minute. Throws ProtocolFault. */
export async function verifyOutcome(
  token: string,
  keys: readonly VerificationKey[],
  audience: string,
  nowMs: number,
): Promise<OutcomeNotice> {
  const bounded = keys.map((key) => ({ ...key, maxTokenAgeMs: Math.min(key.maxTokenAgeMs, OUTCOME_EXPIRE_MS) }))
  const { claims } = await verifySignedToken(token, bounded, nowMs, (typ) => typ === OUTCOME_TYPE)
  const result = outcomeSchema.safeParse(claims)
  if (!result.success) throw new ProtocolFault('ERR_PROTOCOL_OUTCOME_MALFORMED', result.error.issues[0]?.path.join('.'))
  const { aud, caller, signer_id, dialect, kind, request_id, digest, business_key, outcome } = result.data
  if (aud !== audience) throw new ProtocolFault('ERR_PROTOCOL_OUTCOME_MALFORMED', 'aud')
  return {
    aud,
    caller,
    ...(signer_id !== undefined && { signer_id }),
    dialect,
    kind,
    request_id,
    digest,
    business_key,
    outcome,
  }
}
