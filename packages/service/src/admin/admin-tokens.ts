import { z } from 'zod'
import { expecting, readConfigFile } from '../config/index.ts'
import { createHashedToken, findByToken, hashedTokenShape } from './hashed-tokens.ts'

export const ADMIN_ROLES = ['viewer', 'operator', 'approver'] as const
export type AdminRole = (typeof ADMIN_ROLES)[number]

const TOKEN_PREFIX = 'cqadm_'

const schema = z.strictObject({
  tokens: z
    .array(z.strictObject({ ...hashedTokenShape, role: z.enum(ADMIN_ROLES) }))
    .min(1, { error: expecting('at least one token') }),
})

/** A person or a machine that may use the admin listener. */
export interface AdminIdentity {
  readonly name: string
  readonly role: AdminRole
}

export type Authenticate = (authorization: string | undefined) => AdminIdentity | undefined

/** A new bearer token, shown once, and the hash that goes into the tokens file. */
export const createAdminToken = (): { readonly token: string; readonly sha256: string } =>
  createHashedToken(TOKEN_PREFIX)

/** Reads the tokens file: names, roles and hashes, never a token. Throws ConfigError. */
export async function loadAdminTokens(path: string): Promise<Authenticate> {
  const { value } = await readConfigFile(path, schema, {})
  const find = findByToken(value.tokens)
  return (authorization) => {
    const found = find(authorization)
    return found === undefined ? undefined : { name: found.name, role: found.role }
  }
}
