import type { KeyObject } from 'node:crypto'
import { digestOf } from './digest.ts'
import type { Digest } from './digest.ts'
import { ProtocolFault } from './protocol-fault.ts'
import { signedBy, signToken, verifySignedToken } from './signed-token.ts'
import type { VerificationKey } from './signed-token.ts'
import type { JsonValue } from './strict-json.ts'

export interface VerifiedToken {
  /** As received, white space around it trimmed: what is forwarded. */
  readonly token: string
  /** The decoded bytes of package_data: what is hashed and read. */
  readonly content: Uint8Array
  readonly digest: Digest
  readonly owner: string
  readonly fingerprint: string
  /** Unix milliseconds. */
  readonly expiresAtMs: number
  readonly issuer?: string
}

export interface SigningIdentity {
  readonly privateKey: KeyObject
  readonly issuer: string
  readonly tokenExpireMs: number
}

/**
 * The content of a package token, and whose it is: the first key that verifies names the owner. RS256 only; `exp` must lie ahead without
 * leeway and no further than the key's maxTokenAgeMs; `iss` is reported, never matched (protocol/cobo.md 1.2).
 * Throws ProtocolFault; when it throws, nothing of the token may be believed.
 */
export async function verifyPackageToken(
  token: string,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<VerifiedToken> {
  const signed = await verifySignedToken(token, keys, nowMs, isPackageType)
  const content = signedBy(signed.key, () => decodePackageData(signed.claims.package_data))
  const { iss } = signed.claims
  return {
    token: signed.token,
    content,
    digest: digestOf(content),
    owner: signed.key.owner,
    fingerprint: signed.key.fingerprint,
    expiresAtMs: signed.expiresAtMs,
    ...(typeof iss === 'string' && { issuer: iss }),
  }
}

/**
 * Signs `{ package_data, iss, exp }` with RS256, for replies as for requests. `exp` is cut to whole seconds, so that
 * a token never lives longer than asked. */
export function signPackageToken(content: Uint8Array, identity: SigningIdentity, nowMs: number): Promise<string> {
  const claims = {
    package_data: Buffer.from(content).toString('base64'),
    iss: identity.issuer,
    exp: Math.floor((nowMs + identity.tokenExpireMs) / 1_000),
  }
  return signToken(claims, 'JWT', identity.privateKey)
}

/** Some libraries leave `typ` out; a token of another type, such as our outcome notice, is never a package. */
export function isPackageType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT')
}

function decodePackageData(value: JsonValue | undefined): Uint8Array {
  if (typeof value !== 'string' || value === '') throw new ProtocolFault('ERR_PROTOCOL_PACKAGE_DATA', 'missing')
  const content = Buffer.from(value, 'base64')
  if (content.toString('base64') !== value) throw new ProtocolFault('ERR_PROTOCOL_PACKAGE_DATA', 'not canonical')
  return content
}
