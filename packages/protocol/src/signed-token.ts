import type { KeyObject } from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import { ProtocolFault } from './protocol-fault.ts'
import { isJsonObject, JSON_TEXT_LENGTH_MAX, tryStrictJson } from './strict-json.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'

/** A key that may have signed. `owner` is the configured name that a match proves. */
export interface VerificationKey {
  readonly owner: string
  /** SHA-256 of the SPKI DER, lower-case hex. */
  readonly fingerprint: string
  /** Imported once by the caller. */
  readonly key: KeyObject
  /** How far ahead `exp` may lie, in milliseconds. */
  readonly maxTokenAgeMs: number
  /** Unix milliseconds after which this key no longer verifies anything. */
  readonly notAfterMs?: number
}

/** How much the other clock may be ahead of ours before a bounded `exp` looks too far. Never stretches `exp` itself. */
export const EXP_SKEW_MS_MAX = 5_000

/** Read before anything is verified, so kept far below the body limit. */
export const HEADER_LENGTH_MAX = 4_096

export interface SignedToken {
  readonly token: string
  readonly claims: JsonObject
  readonly key: VerificationKey
  readonly expiresAtMs: number
}

/** One cause of status 20 each: form, algorithm, header, signature, then the times. */
export async function verifySignedToken(
  text: string,
  keys: readonly VerificationKey[],
  nowMs: number,
  acceptsType: (typ: unknown) => boolean,
): Promise<SignedToken> {
  const { token, claims, key } = await verifySignature(text, keys, nowMs, acceptsType)
  const expiresAtMs = signedBy(key, () => checkTimes(claims, key.maxTokenAgeMs, nowMs))
  return { token, claims, key, expiresAtMs }
}

/** As `verifySignedToken`, for what is kept for years: the times in the claims are not looked at. */
export async function verifySignature(
  text: string,
  keys: readonly VerificationKey[],
  nowMs: number,
  acceptsType: (typ: unknown) => boolean,
): Promise<Omit<SignedToken, 'expiresAtMs'>> {
  const { token, payload, key } = await verifySignedBytes(text, keys, nowMs, ({ typ }) => acceptsType(typ))
  return { token, claims: signedBy(key, () => objectOf(payload, 'payload')), key }
}

/** Reads what `key` signed: a ProtocolFault of it names the owner. */
export function signedBy<T>({ owner }: VerificationKey, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    throw new ProtocolFault(error.code, error.detail, { owner, cause: error })
  }
}

/** A token whose signature holds. Its payload is any bytes, as signed. */
export interface SignedBytes {
  readonly token: string
  readonly header: JsonObject
  readonly payload: Uint8Array
  readonly key: VerificationKey
}

/** As `verifySignature`, but the payload is not read. */
export async function verifySignedBytes(
  text: string,
  keys: readonly VerificationKey[],
  nowMs: number,
  acceptsHeader: (header: JsonObject) => boolean,
): Promise<SignedBytes> {
  const token = text.trim()
  const header = headerOf(token)
  if (header.alg !== 'RS256') throw new ProtocolFault('ERR_PROTOCOL_TOKEN_ALGORITHM')
  const refused = Object.keys(header).find(isRefusedHeader)
  if (refused !== undefined) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_HEADER', 'header parameter refused')
  if (!acceptsHeader(header)) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_HEADER', 'not of this kind of token')

  const isPast = ({ notAfterMs }: VerificationKey): boolean => notAfterMs !== undefined && nowMs > notAfterMs
  for (const key of keys.filter((candidate) => !isPast(candidate))) {
    const payload = await payloadSignedBy(token, key.key)
    if (payload !== undefined) return { token, header, payload, key }
  }
  throw await unsigned(token, keys.filter(isPast))
}

/** Refused either way; a key that is past its last day only says whose forgotten rotation it is. */
async function unsigned(token: string, pastKeys: readonly VerificationKey[]): Promise<ProtocolFault> {
  for (const { key, owner } of pastKeys) {
    if ((await payloadSignedBy(token, key)) === undefined) continue
    return new ProtocolFault('ERR_PROTOCOL_TOKEN_SIGNATURE', 'its key is past its last day', { owner })
  }
  return new ProtocolFault('ERR_PROTOCOL_TOKEN_SIGNATURE')
}

export function signToken(claims: JsonObject, typ: string, privateKey: KeyObject): Promise<string> {
  return signBytes(new TextEncoder().encode(JSON.stringify(claims)), { typ }, privateKey)
}

export async function signBytes(
  payload: Uint8Array,
  header: Readonly<Record<string, string>> & { readonly typ: string },
  privateKey: KeyObject,
): Promise<string> {
  return new CompactSign(payload).setProtectedHeader({ ...header, alg: 'RS256' }).sign(privateKey)
}

function headerOf(token: string): JsonObject {
  if (token.length > JSON_TEXT_LENGTH_MAX) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'too long')
  const segments = token.split('.', 4)
  const [header = '', payload = ''] = segments
  // Bits that base64url leaves unused would otherwise give one signature several spellings (RFC 4648 section 3.5). An unsigned
  // token has an empty third segment; it is left to the algorithm check to name it.
  const signature = segments[2] ?? ''
  if (header.length > HEADER_LENGTH_MAX) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'header too long')
  const canonical = [header, payload].every((segment) => segment !== '' && isCanonicalBase64url(segment))
  if (segments.length !== 3 || !canonical || !isCanonicalBase64url(signature)) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'not three canonical base64url segments')
  }
  return objectOf(Buffer.from(header, 'base64url'), 'header')
}

function isCanonicalBase64url(segment: string): boolean {
  return Buffer.from(segment, 'base64url').toString('base64url') === segment
}

/** Whatever brings its own key or asks to be read another way (RFC 7515 section 4.1, RFC 7797). */
function isRefusedHeader(name: string): boolean {
  const folded = name.toLowerCase()
  return ['crit', 'jku', 'jwk', 'b64'].includes(folded) || folded.startsWith('x5')
}

async function payloadSignedBy(token: string, key: KeyObject): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ['RS256'] })
    return payload
  } catch {
    // A key that is unfit for RS256 has signed nothing either.
    return undefined
  }
}

function objectOf(bytes: Uint8Array, what: string): JsonObject {
  const value = tryStrictJson(bytes)
  if (isJsonObject(value)) return value
  throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', `${what} is not a strict JSON object`)
}

function checkTimes(claims: JsonObject, maxTokenAgeMs: number, nowMs: number): number {
  const expiresAtMs = checkExpiry(claims.exp, nowMs)
  checkExpiryBound(expiresAtMs, maxTokenAgeMs, nowMs)
  checkNotBefore(claims.nbf, nowMs)
  return expiresAtMs
}

/** `exp` in Unix milliseconds. Throws ProtocolFault unless it is a number ahead of `nowMs`. */
export function checkExpiry(exp: JsonValue | undefined, nowMs: number): number {
  if (typeof exp !== 'number') throw new ProtocolFault('ERR_PROTOCOL_TOKEN_EXP_MISSING')
  const expiresAtMs = exp * 1_000
  if (!(expiresAtMs > nowMs)) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_EXPIRED')
  return expiresAtMs
}

export function checkExpiryBound(expiresAtMs: number, maxTokenAgeMs: number, nowMs: number): void {
  if (!(expiresAtMs - nowMs <= maxTokenAgeMs + EXP_SKEW_MS_MAX)) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_EXP_TOO_FAR')
  }
}

/** Absent and null say nothing; anything else must be a number that lies behind `nowMs`. */
export function checkNotBefore(nbf: JsonValue | undefined, nowMs: number): void {
  if (nbf !== undefined && nbf !== null && !(typeof nbf === 'number' && nbf * 1_000 <= nowMs)) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_NOT_YET_VALID')
  }
}
