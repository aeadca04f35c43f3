import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { expecting, nameText } from '../config/index.ts'

/** 256 random bits: a plain SHA-256 of it is as good as a slow hash, since there is no dictionary to try. */
const TOKEN_BYTES = 32

/** One entry of a tokens file: who it belongs to and the hash, never the token. Several entries may share a name, for rotation. */
export const hashedTokenShape = {
  name: nameText,
  sha256: z.string({ error: expecting('64 lower-case hex digits') }).regex(/^[0-9a-f]{64}$/),
}

interface HashedToken {
  readonly sha256: string
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A new bearer token, shown once, and the hash that goes into a tokens file. The prefix says what it is for. */
export function createHashedToken(prefix: string): { readonly token: string; readonly sha256: string } {
  const token = `${prefix}${randomBytes(TOKEN_BYTES).toString('base64url')}`
  return { token, sha256: hashOf(token).toString('hex') }
}

/** Finds the entry that the header `Authorization: Bearer <token>` belongs to. */
export function findByToken<Entry extends HashedToken>(
  entries: readonly Entry[],
): (authorization: string | undefined) => Entry | undefined {
  const hashed = entries.map((entry) => ({ entry, hash: Buffer.from(entry.sha256, 'hex') }))
  return (authorization) => {
    const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const hash = hashOf(token)
    return hashed.find((candidate) => timingSafeEqual(candidate.hash, hash))?.entry
  }
}
