import { durationBetween, expecting, filePath, isLoopbackHost, nameText, wholeNumber } from '@callback-quorum/service'
import { z } from 'zod'
import { VENDOR_FAMILIES } from './vendor-text.ts'

/** domain/sanctions 1.6: what a vendor said is used for an hour at most. */
const CACHE_MS_MAX = 60 * 60_000
const CACHE_MS = 15 * 60_000
const TIMEOUT_MS = 3_000
const GIVE_UP_MS = 10 * 60_000
/** Elliptic allows 15 synchronous requests a second; the others are wider. */
const CONCURRENCY = 8
/** A vendor that failed so often in a row is down, and each further question would wait for its timeout. */
const BREAKER_FAILURES = 5
const BREAKER_OPEN_MS = 30_000
/** A multisend of hundreds would spend a vendor's quota in one question; what was answered is kept for the next one. */
const ADDRESSES_MAX = 50

const origin = z
  .string({ error: expecting('an https origin without path, or http on loopback', 'https://api.vendor.example') })
  .max(512)
  .refine((text) => URL.canParse(text) && isAllowedOrigin(new URL(text)))

/** Over plain HTTP anybody on the way could call an address clean. */
function isAllowedOrigin({ protocol, hostname, href, origin: plain }: URL): boolean {
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname.replace(/^\[|\]$/g, '')))
  return isPrivate && href === `${plain}/`
}

export const retryOrReject = z.enum(['retry', 'reject'], { error: expecting('retry or reject') }).default('retry')

/** A path as it goes into the request line; `placeholders` are filled in and must stand in it. */
export function requestPath(standard: string, ...placeholders: readonly string[]) {
  const example = placeholders.map((name) => `{${name}}`).join(' and ')
  return z
    .string({ error: expecting(`a path that begins with /${example === '' ? '' : ` and holds ${example}`}`, standard) })
    .max(1_024)
    .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?{}-]*$/)
    .refine((path) => placeholders.every((name) => path.includes(`{${name}}`)))
    .default(standard)
}

export const familiesCovered = z
  .array(z.enum(VENDOR_FAMILIES))
  .min(1, { error: expecting('at least one family', '[evm, bitcoin]') })

/** About an address that the vendor is not said to judge: `skip` leaves it to the others. */
export const outsideCoverage = z.enum(['unknown', 'skip'], { error: expecting('unknown or skip') }).default('unknown')

/** A vendor that never saw an address says nothing about it; whether that may count as clean is the operator's word. */
export const neverSeen = z.enum(['unknown', 'clean'], { error: expecting('unknown or clean') }).default('unknown')

/** What every vendor has; durations come out in milliseconds. */
export const vendorShape = {
  name: nameText,
  url: origin,
  ca: filePath.optional(),
  timeout: durationBetween(100, 10_000, 'from 100ms to 10s').default(TIMEOUT_MS),
  retries: wholeNumber(0, 3).default(1),
  cache: durationBetween(0, CACHE_MS_MAX, 'from 0s to 60m').default(CACHE_MS),
  concurrency: wholeNumber(1, 64).default(CONCURRENCY),
  addresses_max: wholeNumber(1, 500).default(ADDRESSES_MAX),
  breaker: z
    .strictObject({
      failures: wholeNumber(1, 100).default(BREAKER_FAILURES),
      open_for: durationBetween(1_000, 600_000, 'from 1s to 10m').default(BREAKER_OPEN_MS),
    })
    .prefault({}),
  roles: z
    .array(z.enum(['destination', 'spender', 'grantee', 'contract', 'source', 'payer']))
    .min(1, { error: expecting('at least one role', '[destination, spender, grantee]') })
    .default(['destination', 'spender', 'grantee']),
  own_addresses: z.enum(['skip', 'ask'], { error: expecting('skip or ask') }).default('skip'),
  /** `false`: what it says is recorded, and its objections count; its silence does not keep a payment waiting. */
  required: z.boolean({ error: expecting('true or false') }).default(true),
  on_unknown: retryOrReject,
  on_error: retryOrReject,
  give_up_after: durationBetween(0, 24 * 3_600_000, 'from 0s to 24h').default(GIVE_UP_MS),
}
