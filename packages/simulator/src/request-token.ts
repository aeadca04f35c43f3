import type { KeyObject } from 'node:crypto'
import { signPackageToken } from '@callback-quorum/protocol'
import { type PackageContent, packageBytes } from './cobo-package.ts'

/** `token_expire_minutes`, the node's default (protocol section 5). */
export const TOKEN_EXPIRE_MINUTES_DEFAULT = 2

export interface RequestTokenOptions {
  readonly privateKey: KeyObject
  /** What the real node writes for callbacks is not public; servers must not match it. */
  readonly issuer?: string
  readonly expiresInSeconds?: number
  readonly nowMs?: number
}

/** Signs a package as the node does: RS256 over `{ package_data, iss, exp }`. A text or bytes are signed as they are. */
export function signRequestToken(content: PackageContent, options: RequestTokenOptions): Promise<string> {
  const { privateKey, issuer = 'TEST_CHECKER', expiresInSeconds = TOKEN_EXPIRE_MINUTES_DEFAULT * 60 } = options
  const identity = { privateKey, issuer, tokenExpireMs: expiresInSeconds * 1000 }
  return signPackageToken(packageBytes(content), identity, options.nowMs ?? Date.now())
}
