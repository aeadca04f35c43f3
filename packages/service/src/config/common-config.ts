import { DIALECTS } from '@callback-quorum/protocol'
import { z } from 'zod'
import { addressRange } from './address-range.ts'
import { durationBetween } from './duration.ts'
import { expecting } from './expecting.ts'
import { listenAddress } from './listen-address.ts'
import { filePath, nameText, organisationText } from './names.ts'
import { notAfter } from './not-after.ts'
import { tracingBlock } from './tracing-block.ts'
import { wholeNumber } from './whole-number.ts'

/**
 * How long a caller goes on asking, by default: the node's own (protocol/cobo.md section 5, configuration table), and 20 tries every three
 * minutes with 30 s for each answer (protocol/fireblocks.md section 4).
 */
const RETRIES = {
  cobo: { retry_times: 60, sleep_seconds: 60, request_timeout: 10_000 },
  fireblocks: { retry_times: 20, sleep_seconds: 180, request_timeout: 30_000 },
} as const
const TOKEN_EXPIRE_MINUTES = 2
const TOKEN_AGE_MS = 15 * 60_000

/** `/` is no prefix. */
const pathPrefix = z
  .string({ error: expecting('a path of letters, digits, _, - and / that begins with /', '/custody') })
  .regex(/^\/(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*)?$/)
  .transform((path) => (path === '/' ? '' : path))

/** What an API user of a Co-signer may do: a signer's request asks for a signature, always. */
const SIGNER_ROLES = ['signer', 'approver'] as const

const plaintext = z
  .literal('acknowledged', { error: expecting('the word acknowledged, or this line left out') })
  .optional()

const dialects = z
  .array(z.enum(DIALECTS))
  .min(1, { error: expecting('at least one dialect', '[cobo-v2]') })
  .refine((list) => new Set(list).size === list.length, { error: expecting('each dialect once', '[cobo-v1, cobo-v2]') })

const listener = z.strictObject({
  listen: listenAddress,
  dialects,
  tls: z.strictObject({ cert: filePath, key: filePath, client_ca: filePath.optional() }).optional(),
  plaintext,
  base_path: pathPrefix.optional(),
  allow_from: z
    .array(addressRange)
    .min(1, { error: expecting('at least one address range', '[10.0.0.7/32]') })
    .optional(),
})

/** One public key file, or several with their last day, for rotation. */
export const keyFiles = z
  .union(
    [
      filePath.transform((file) => [{ file }]),
      z.array(z.strictObject({ file: filePath, not_after: notAfter.optional() })),
    ],
    {
      error: expecting(
        'a path, or a list of paths with their last day',
        '[{ file: keys/node-eu-1.pub, not_after: 2026-12-31 }]',
      ),
    },
  )
  .transform((list): readonly { readonly file: string; readonly not_after?: number | undefined }[] => list)

/** What the API user of a Co-signer is, and below which path its Co-signer asks for it. */
const signer = z.union(
  [
    z.enum(SIGNER_ROLES).transform((role) => ({ role, path: '' })),
    z.strictObject({ role: z.enum(SIGNER_ROLES), path: pathPrefix.default('') }),
  ],
  { error: expecting('signer, approver, or one of them with its path', '{ role: signer, path: /api-user-1 }') },
)

/** An id of the platform, as it stands in requests. */
const signerId = z.string({ error: expecting('the id of an API user') }).regex(/^[\x21-\x7e]{1,256}$/)

const callerShape = z.strictObject({
  name: nameText,
  platform: z.enum(['cobo', 'fireblocks']),
  dialects,
  organisation: organisationText,
  pubkey_path: keyFiles.default([]),
  event_pubkey_path: filePath.optional(),
  // 0 is refused: what the node makes of it differs by version (protocol/cobo.md section 5), so no window follows from it.
  retry_times: wholeNumber(1, 10_000).optional(),
  sleep_seconds: wholeNumber(1, 86_400).optional(),
  request_timeout: durationBetween(1_000, 600_000, 'from 1s to 10m').optional(),
  max_token_age: durationBetween(1_000, 86_400_000, 'from 1s to 24h').default(TOKEN_AGE_MS),
  /** Fireblocks: the API users that this Co-signer asks for. */
  signer_ids: z.record(signerId, signer).optional(),
  /** Fireblocks: whether the platform sends the bytes to be signed. */
  raw_tx: z.enum(['required', 'unavailable']).optional(),
  /** fireblocks-json: the listener that this Co-signer asks, where there are several. */
  listener: listenAddress.optional(),
})

const caller = callerShape.transform((entry) => ({
  ...entry,
  retry_times: entry.retry_times ?? RETRIES[entry.platform].retry_times,
  sleep_seconds: entry.sleep_seconds ?? RETRIES[entry.platform].sleep_seconds,
  request_timeout: entry.request_timeout ?? RETRIES[entry.platform].request_timeout,
}))

const databaseUrl = z
  .string({
    error: expecting('a postgres:// URL, or nothing for the embedded PostgreSQL', 'postgres://limits@db/limits'),
  })
  .refine((text) => text === '' || (/^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)))

const log = z.strictObject({
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  format: z.enum(['json', 'pretty']).optional(),
})

/**
 * The blocks that every callback server has, in the words of the platforms' own configuration. A service spreads them into its
 * own strict object. Durations come out in milliseconds, `not_after` as the last valid millisecond, `pubkey_path` always as a list.
 */
export const commonConfigShape = {
  service_name: nameText,
  profile: z.enum(['development', 'single-host', 'production']),
  callback: z.array(listener).min(1, { error: expecting('at least one listener') }),
  admin: z.strictObject({ listen: listenAddress, tokens: filePath, plaintext }).optional(),
  metrics: z.strictObject({ listen: listenAddress, plaintext }).optional(),
  identity: z.strictObject({
    private_key: filePath,
    internal_key: filePath.optional(),
    token_expire_minutes: wholeNumber(1, 60).default(TOKEN_EXPIRE_MINUTES),
  }),
  callers: z.array(caller).min(1, { error: expecting('at least one caller') }),
  database_url: databaseUrl.default(''),
  data_dir: filePath,
  assets: filePath.optional(),
  addresses: filePath.optional(),
  log: log.prefault({}),
  tracing: tracingBlock.optional(),
}

export type CommonConfig = z.output<z.ZodObject<typeof commonConfigShape, z.core.$strict>>
export type CallerConfig = CommonConfig['callers'][number]
export type KeyFiles = z.output<typeof keyFiles>
export type LogConfig = CommonConfig['log']
