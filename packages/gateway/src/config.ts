import { KINDS } from '@callback-quorum/protocol'
import { commonConfigShape, duration, durationBetween, filePath, keyFiles, nameText } from '@callback-quorum/service'
import { z } from 'zod'

/** The node's own request_timeout is 10 s; two seconds stay for signing and the way back. */
const COBO_DEADLINE_MS = 8_000
/** A Fireblocks Co-signer waits 30 s: five stay for recording, signing and the way back. With more, the reason would never be heard. */
const FIREBLOCKS_DEADLINE_MS = 25_000
/** With less nobody would ever answer in time. */
const FIREBLOCKS_DEADLINE_MS_MIN = 1_000
const REQUEST_TIMEOUT_MS = 3_000
/** Longer than a node's usual retries of one request, shorter than anything an operator would call another day. */
const RECALL_APPROVE_MS = 600_000

const checkerEntry = z.strictObject({
  name: nameText,
  service_address: z.url({ protocol: /^https?$/, hostname: /.+/ }),
  pubkey_path: keyFiles,
  tls: z
    .strictObject({
      ca: filePath.optional(),
      pin_sha256: z
        .string()
        .regex(/^[A-Za-z0-9+/]{43}=$/, 'expected the base64 SHA-256 of the SPKI')
        .optional(),
      client_cert: filePath.optional(),
      client_key: filePath.optional(),
    })
    .optional(),
  plaintext: z.literal('acknowledged').optional(),
  request_timeout: duration.default(REQUEST_TIMEOUT_MS),
  stage: z.int().min(1).max(9).default(1),
  binding: z.enum(['digest', 'request_id']).default('digest'),
  on_error_status: z.enum(['reject', 'defer']).optional(),
  outcome: z.boolean().default(false),
})

const quorumEntry = z.strictObject({
  callers: z.array(z.string()).min(1),
  kinds: z.array(z.enum(KINDS)).min(1),
  require: z.array(nameText).min(1),
  shadow: z.array(nameText).default([]),
  /** Approves signing requests although no checker bound the bytes to the description. Warned at boot and in each record. */
  accept_unbound: z.boolean().default(false),
  /** Fireblocks, approvals: `ignore` drops a request that would be rejected without denying it, so that other approvers may still approve. */
  instead_of_reject: z.enum(['reject', 'ignore']).default('reject'),
})

const fireblocksDeadline = durationBetween(FIREBLOCKS_DEADLINE_MS_MIN, FIREBLOCKS_DEADLINE_MS, 'from 1s to 25s')

export const gatewayConfigShape = {
  ...commonConfigShape,
  checkers: z.array(checkerEntry).min(1),
  quorum: z.array(quorumEntry).min(1),
  deadline: z
    .strictObject({
      cobo: duration.default(COBO_DEADLINE_MS),
      fireblocks: fireblocksDeadline.default(FIREBLOCKS_DEADLINE_MS),
    })
    .default({ cobo: COBO_DEADLINE_MS, fireblocks: FIREBLOCKS_DEADLINE_MS }),
  recall_approve_for: duration.default(RECALL_APPROVE_MS),
  deferral: z
    .strictObject({ cobo: z.enum(['no_answer', 'http_503', 'status_30']).default('no_answer') })
    .default({ cobo: 'no_answer' }),
  /** Names this replica in the hash chain of its records; the host name when empty. */
  replica: z.string().max(128).default(''),
}

export const gatewayConfigSchema = z.strictObject(gatewayConfigShape)
export type GatewayConfig = z.output<typeof gatewayConfigSchema>
export type CheckerEntry = GatewayConfig['checkers'][number]
