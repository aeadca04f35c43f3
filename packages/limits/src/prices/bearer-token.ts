import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { ConfigError } from '@callback-quorum/service'

const OTHERS = 0o007
const TOKEN_BYTES_MAX = 8_192
/** RFC 6750 section 2.1 `b64token`. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/** Reads a bearer token that only its owner and group may touch; space around it is cut off. Throws ConfigError, never with the token. */
export async function readBearerToken(path: string): Promise<string> {
  // Mode and content come from one descriptor, and a pipe in the file's place does not keep the service waiting.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw problem(path, `cannot be opened (${errnoOf(error)})`)
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > TOKEN_BYTES_MAX) throw problem(path, 'is not a small regular file')
    if ((stat.mode & OTHERS) !== 0) throw problem(path, 'is open to others', 'mode 0600, or 0640 for a group')
    const token = (await file.readFile('latin1')).trim()
    if (!TOKEN.test(token)) throw problem(path, 'holds no bearer token')
    return token
  } finally {
    await file.close()
  }
}

const problem = (path: string, what: string, expected = 'a file with one bearer token'): ConfigError =>
  new ConfigError([`${path}: ${what}; expected ${expected}`])

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
