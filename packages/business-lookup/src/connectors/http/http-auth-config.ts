import { expecting, filePath } from '@callback-quorum/service'
import { z } from 'zod'
import { allowAddresses } from './allow-addresses.ts'

/** Visible ASCII without a colon, which ends the name in RFC 7617. */
const USER = /^[\x21-\x39\x3b-\x7e]{1,256}$/
const VISIBLE = /^[\x21-\x7e]{1,256}$/
/** RFC 6749 section 3.3: scope-tokens with single spaces. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

const visible = z.string({ error: expecting('visible ASCII characters') }).regex(VISIBLE)

/** Beside it a client certificate may identify the checker. */
const none = z.strictObject({ kind: z.literal('none') })

const bearer = z.strictObject({ kind: z.literal('bearer'), token_file: filePath })

/** RFC 7617. */
const basic = z.strictObject({
  kind: z.literal('basic'),
  username: z.string({ error: expecting('visible ASCII characters without a colon') }).regex(USER),
  password_file: filePath,
})

/**
 * Each request is signed: `x-key-id` is `key_id`, `x-timestamp` Unix seconds, `x-signature` the HMAC-SHA256, lower hex, over
 * timestamp, method, path with query and SHA-256 (hex) of the body, with a line feed between them. The server must allow 60 s of skew.
 */
const hmac = z.strictObject({ kind: z.literal('hmac'), key_id: visible, secret_file: filePath })

/** RFC 6749 section 4.4: client credentials, sent as HTTP Basic. The token server is guarded as the business system is. */
const oauth2 = z.strictObject({
  kind: z.literal('oauth2'),
  token_url: z
    .string({ error: expecting('an https URL in its plain form', 'https://login.internal.example/oauth2/token') })
    .max(2_048)
    .refine(isPlainUrl),
  client_id: visible,
  secret_file: filePath,
  scope: z
    .string({ error: expecting('scopes with single spaces', 'withdrawals.read') })
    .regex(SCOPE)
    .max(1_024)
    .optional(),
  /** Without it `allow_addresses` of the connector. */
  allow_addresses: allowAddresses.optional(),
  /** Without it `ca` of the connector. */
  ca: filePath.optional(),
})

/** How the checker says who it is; no default, because `none` is for networks that already know. */
export const httpAuthSchema = z.discriminatedUnion('kind', [none, bearer, basic, hmac, oauth2], {
  error: expecting(
    'auth with a kind of none, bearer, basic, hmac or oauth2',
    '{ kind: bearer, token_file: keys/token }',
  ),
})

export type HttpAuthConfig = z.output<typeof httpAuthSchema>

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.href === text && url.username === '' && !/[#{}]/.test(text)
  )
}
