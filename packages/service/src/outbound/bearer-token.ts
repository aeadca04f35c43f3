import { ConfigError } from '../config/config-error.ts'
import { readSmallFile } from './read-small-file.ts'

/** RFC 6750 section 2.1 `b64token`. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/** Reads a bearer token that only its owner and group may touch; space around it is cut off. Throws ConfigError, never with the token. */
export async function readBearerToken(path: string): Promise<string> {
  const problem = (what: string): ConfigError => new ConfigError([`${path}: ${what}; expected one bearer token`])
  const text = await readSmallFile(path, 'secret').catch((error: unknown) => {
    throw problem(error instanceof Error ? error.message : 'cannot be read')
  })
  const token = text.trim()
  if (!TOKEN.test(token)) throw problem('holds no bearer token')
  return token
}
