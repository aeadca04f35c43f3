import { ConfigError, readSmallFile } from '@callback-quorum/service'
import type { Credentials } from './vendor.ts'

/** Visible ASCII without spaces: what can stand in a header or a path. */
const SECRET = /^[\x21-\x7e]{1,1024}$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export interface CredentialFiles {
  readonly keyFile?: string
  /** Its content is base64. */
  readonly secretFile?: string
}

/** Reads the files anew, so that they can be exchanged under a running service. Throws ConfigError, never with what they hold. */
export async function readCredentials({ keyFile, secretFile }: CredentialFiles): Promise<Credentials> {
  const key = keyFile === undefined ? undefined : await readSecret(keyFile)
  const secret = secretFile === undefined ? undefined : await readSecret(secretFile)
  // Buffer.from would pass over what is no base64, and every signature be wrong.
  if (secretFile !== undefined && !BASE64.test(secret ?? ''))
    throw new ConfigError([`${secretFile}: is not base64; expected the secret as the vendor gave it`])
  return { ...(key !== undefined && { key }), ...(secret !== undefined && { secret }) }
}

async function readSecret(path: string): Promise<string> {
  const text = await readSmallFile(path, 'secret').catch((error: unknown) => {
    throw new ConfigError([
      `${path}: ${error instanceof Error ? error.message : 'cannot be read'}; expected one API key`,
    ])
  })
  const secret = text.trim()
  if (!SECRET.test(secret)) throw new ConfigError([`${path}: holds no API key; expected one, without spaces`])
  return secret
}
