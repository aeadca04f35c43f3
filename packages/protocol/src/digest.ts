import { createHash } from 'node:crypto'

/** SHA-256 of the signed content, 64 lower-case hex digits. Never of the token: a retry of the same question carries a new `exp`. */
export type Digest = string & { readonly __brand: 'Digest' }

export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest
}

export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text)
}
