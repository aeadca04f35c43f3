import { ConfigError, readSmallFile } from '@callback-quorum/service'

/** Visible ASCII, spaces inside: what people, vaults and `openssl rand` write into such a file. */
const SECRET = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const LENGTH_MAX = 1_024
/** Two signatures are enough to try shorter ones out, offline. */
export const HMAC_SECRET_LENGTH_MIN = 16

/** Reads one line that only its owner and group may read; space around it is cut off. Throws ConfigError, never with what it holds. */
export async function readSecret(path: string, lengthMin = 1): Promise<string> {
  const problem = (what: string): ConfigError => new ConfigError([`${path}: ${what}; expected one secret`])
  const text = await readSmallFile(path, 'secret').catch((error: unknown) => {
    throw problem(error instanceof Error ? error.message : 'cannot be read')
  })
  const secret = text.trim()
  if (!SECRET.test(secret) || secret.length > LENGTH_MAX) throw problem('holds no single line of visible characters')
  if (secret.length < lengthMin) throw problem(`is shorter than ${lengthMin} characters`)
  return secret
}
