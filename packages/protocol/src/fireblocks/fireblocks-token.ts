import { digestOf } from '../digest.ts'
import type { Digest } from '../digest.ts'
import { isPackageType } from '../package-token.ts'
import { ProtocolFault } from '../protocol-fault.ts'
import { checkExpiry, checkNotBefore, signedBy, verifySignedBytes } from '../signed-token.ts'
import type { SignedBytes, VerificationKey } from '../signed-token.ts'
import { isWrittenObject, NumberText, tryWrittenJson } from '../strict-json.ts'
import type { JsonObject, JsonValue, WrittenJson, WrittenObject } from '../strict-json.ts'
import { losslessNumber } from '../strict-number.ts'
import { tokenTextOf } from '../token-text.ts'

export interface VerifiedFireblocksToken {
  /** As received, quotes and white space around it taken off: what is forwarded. */
  readonly token: string
  /** The payload bytes as signed: what is hashed and read. */
  readonly content: Uint8Array
  readonly digest: Digest
  readonly owner: string
  readonly fingerprint: string
  /** Unix milliseconds; absent when the token does not expire, as those of a Co-signer. */
  readonly expiresAtMs?: number
}

/**
 * The payload of a Co-signer's token, and whose it is: the first key that verifies names the owner. RS256 only, `typ` JWT or absent, no
 * `kid`. `exp` and `nbf` count when they are there and are not required; how far ahead `exp` lies is not looked at, since without it the
 * token would never expire (protocol/fireblocks.md 5). Throws ProtocolFault; when it throws, nothing of the token may be believed.
 */
export async function verifyFireblocksToken(
  body: Uint8Array,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<VerifiedFireblocksToken> {
  const { token, payload, key, expiresAtMs } = await openFireblocksToken(body, keys, nowMs)
  return {
    token,
    content: payload,
    digest: digestOf(payload),
    owner: key.owner,
    fingerprint: key.fingerprint,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}

/** As verifyFireblocksToken, with the key itself. */
export async function openFireblocksToken(
  body: Uint8Array,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<Pick<SignedBytes, 'token' | 'payload' | 'key'> & { readonly expiresAtMs: number | undefined }> {
  const { token, payload, key } = await verifySignedBytes(tokenTextOf(body), keys, nowMs, isCosignerHeader)
  return { token, payload, key, expiresAtMs: signedBy(key, () => expiryOf(payload, nowMs)) }
}

function expiryOf(payload: Uint8Array, nowMs: number): number | undefined {
  const claims = tryWrittenJson(payload)
  if (!isWrittenObject(claims)) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'payload is not a strict JSON object')
  }
  return checkTimes(claims, nowMs)
}

/** The times of bare JSON, which count as those of a token do. What is no strict JSON object says none. Throws ProtocolFault. */
export function checkJsonTimes(body: Uint8Array, nowMs: number): void {
  const claims = tryWrittenJson(body)
  if (isWrittenObject(claims)) checkTimes(claims, nowMs)
}

/** `exp` in Unix milliseconds, where it is written. */
function checkTimes(claims: WrittenObject, nowMs: number): number | undefined {
  const expiresAtMs = claims.exp === undefined ? undefined : checkExpiry(timeOf(claims.exp), nowMs)
  checkNotBefore(claims.nbf === undefined ? undefined : timeOf(claims.nbf), nowMs)
  return expiresAtMs
}

/** No Co-signer names its key; a token that does was made by something else. */
function isCosignerHeader(header: JsonObject): boolean {
  return isPackageType(header.typ) && !Object.keys(header).some((name) => name.toLowerCase() === 'kid')
}

/** A number, null, or something that is no time: false. */
function timeOf(claim: WrittenJson): JsonValue {
  if (claim === null) return null
  return claim instanceof NumberText ? (losslessNumber(claim.text) ?? false) : false
}
