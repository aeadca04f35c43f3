import { durationBetween, expecting, filePath, wholeNumber } from '@callback-quorum/service'
import { z } from 'zod'
import { allowAddresses } from './allow-addresses.ts'
import { httpAuthSchema } from './http-auth-config.ts'
import { parseUrlTemplate } from './url-template.ts'

const CONNECT_MS = 1_000
const TIMEOUT_MS = 3_000
const RETRIES = 2
const BREAKER_FAILURES = 5
const BREAKER_OPEN_MS = 10_000
const CONCURRENCY = 16
/** A record of a thousand payments is a quarter of this. */
const BYTES_MAX = 262_144
/** As long as JSON may be at all. */
const BYTES_CEILING = 4 * 1024 * 1024

const breaker = z.strictObject({
  /** So many look-ups in a row that could not be done, and the business system is left alone. */
  failures: wholeNumber(1, 100).default(BREAKER_FAILURES),
  /** For so long; then one look-up goes through and says whether it is back. */
  open_for: durationBetween(1_000, 600_000, 'from 1s to 10m').default(BREAKER_OPEN_MS),
})

const response = z.strictObject({
  /** Longer answers are refused while they are received. */
  bytes_max: wholeNumber(256, BYTES_CEILING).default(BYTES_MAX),
  /** What says that there is no such payment: statuses, and an empty list at the top of the answer. Anything else unexpected is refused. */
  not_found: z
    .array(z.union([z.literal(204), z.literal(404), z.literal(410), z.literal('empty_array')]))
    .min(1, { error: expecting('at least one of 204, 404, 410 and empty_array', '[404]') })
    .default([404]),
  /**
   * Every 2xx answer carries the HMAC-SHA256, lower hex, of its raw body. It does not say which question a body answers: where the way is not
   * trusted, map a `proof`, which holds the reference.
   */
  signature: z
    .strictObject({
      header: z
        .string({ error: expecting('a header name in lower case', 'x-signature') })
        .regex(/^[a-z][a-z0-9-]{0,63}$/),
      secret_file: filePath,
    })
    .optional(),
})

/** `connector:` of kind http: one GET for each question. */
export const httpConnectorSchema = z.strictObject({
  kind: z.literal('http'),
  /** https, with {reference} and, where wanted, {organisation} in path or query; both are percent-encoded. */
  url: z
    .string({
      error: expecting(
        'an https URL in its plain form, with {reference} in its path or query',
        'https://payouts.internal.example/v1/withdrawals/{reference}',
      ),
    })
    .max(2_048)
    .refine((text) => parseUrlTemplate(text) !== undefined),
  /** For http: on a loopback host, in profile development. */
  plaintext: z.literal('acknowledged', { error: expecting('the word acknowledged, or this line left out') }).optional(),
  /** All addresses that the host may stand for; with any other one it is not connected to. */
  allow_addresses: allowAddresses,
  /** Trusted instead of the public authorities. */
  ca: filePath.optional(),
  /** On top of that: SHA-256 of the public key (SPKI) of the server, base64. */
  pin_sha256: z
    .string({ error: expecting('the base64 SHA-256 of the SPKI') })
    .regex(/^[A-Za-z0-9+/]{43}=$/)
    .optional(),
  client_cert: filePath.optional(),
  client_key: filePath.optional(),
  auth: httpAuthSchema,
  /** For name, connection and TLS handshake together. */
  connect_timeout: durationBetween(50, 10_000, 'from 50ms to 10s').default(CONNECT_MS),
  /** For one look-up with all of its tries, from when it has a place among `concurrency`; the caller's deadline may end it before. */
  timeout: durationBetween(100, 25_000, 'from 100ms to 25s').default(TIMEOUT_MS),
  /** After a failed connection, 408, 429 and 5xx, while there is time. */
  retries: wholeNumber(0, 5).default(RETRIES),
  breaker: breaker.prefault({}),
  /** So many look-ups at once; others wait. */
  concurrency: wholeNumber(1, 256).default(CONCURRENCY),
  response: response.prefault({}),
})

export type HttpConnectorConfig = z.output<typeof httpConnectorSchema>
