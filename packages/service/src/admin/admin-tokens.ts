import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { expecting, nameText, readConfigFile } from '../config/index.ts'

export const ADMIN_ROLES = ['viewer', 'operator', 'approver'] as const
export type AdminRole = (typeof ADMIN_ROLES)[number]

/** 256 random bits: a plain SHA-256 of it is as good as a slow hash, since there is no dictionary to try. */
const TOKEN_BYTES = 32
const TOKEN_PREFIX = 'cqadm_'

const schema = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        name: nameText,
        role: z.enum(ADMIN_ROLES),
        sha256: z.string({ error: expecting('64 lower-case hex digits') }).regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1, { error: expecting('at least one token') }),
})

/** A person or a machine that may use the admin listener. */
export interface AdminIdentity {
  readonly name: string
  readonly role: AdminRole
}

export type Authenticate = (authorization: string | undefined) => AdminIdentity | undefined

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A new bearer token, shown once, and the hash that goes into the tokens file. */
export function createAdminToken(): { readonly token: string; readonly sha256: string } {
  const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`
  return { token, sha256: hashOf(token).toString('hex') }
}

/** Reads the tokens file: names, roles and hashes, never a token. Throws ConfigError. */
export async function loadAdminTokens(path: string): Promise<Authenticate> {
  const { value } = await readConfigFile(path, schema, {})
  const entries = value.tokens.map(({ name, role, sha256 }) => ({ name, role, hash: Buffer.from(sha256, 'hex') }))
  return (authorization) => {
    const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const hash = hashOf(token)
    const found = entries.find((entry) => timingSafeEqual(entry.hash, hash))
    return found === undefined ? undefined : { name: found.name, role: found.role }
  }
}
