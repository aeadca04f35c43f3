import { resolve } from 'node:path'
import { readAuthority, readBearerToken } from '@callback-quorum/service'
import { Pool, type Dispatcher } from 'undici'
import type { HttpSourceConfig } from './prices-config.ts'
import type { QuoteReader } from './quote-reader.ts'
import { readAnswer } from './read-answer.ts'
import { SourceFault } from './source-fault.ts'

/** A thousand quotes are some hundred kilobytes; more than this is not an answer about prices. */
const ANSWER_BYTES_MAX = 1024 * 1024

/**
 * Opens a source that answers a GET with JSON. Redirects are not followed: another host would set the prices. Throws ConfigError for
 * a certificate or token file that cannot be used; the token is read again for each request, so that it can be exchanged.
 */
export async function openHttpReader(source: HttpSourceConfig, directory: string): Promise<QuoteReader> {
  const url = new URL(source.url)
  const tokenPath = source.token_file === undefined ? undefined : resolve(directory, source.token_file)
  if (tokenPath !== undefined) await readBearerToken(tokenPath)
  const ca = source.ca === undefined ? undefined : await readAuthority(resolve(directory, source.ca))
  const pool = new Pool(url.origin, {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: source.timeout, ...(ca !== undefined && { ca }) },
  })
  const ids = new Set(Object.values(source.assets))
  return {
    name: source.name,
    everyMs: source.every,
    read: async (stopping) => {
      const token = tokenPath === undefined ? undefined : await readBearerToken(tokenPath)
      const headers = {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      }
      const body = await get(pool, `${url.pathname}${url.search}`, headers, { stopping, timeoutMs: source.timeout })
      return readAnswer(body, source)
    },
    isMapped: (assetId, currency) => currency === source.currency && ids.has(assetId),
    close: () => pool.destroy(),
  }
}

interface Deadline {
  readonly stopping: AbortSignal
  readonly timeoutMs: number
}

async function get(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  { stopping, timeoutMs }: Deadline,
): Promise<Buffer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const signal = AbortSignal.any([stopping, timeout])
    const response = await pool.request({ method: 'GET', path, headers, signal })
    return await readBody(response)
  } catch (error) {
    if (error instanceof SourceFault) throw error
    if (timeout.aborted) throw new SourceFault('timeout', `no answer within ${timeoutMs} ms`, { cause: error })
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'connection failed'
    throw new SourceFault('transport', `could not be reached (${code})`, { cause: error })
  }
}

/** An answer that is refused half-way loses its connection: what else would come on it is not read. */
async function readBody({ statusCode, body }: Dispatcher.ResponseData): Promise<Buffer> {
  if (statusCode !== 200) {
    body.on('error', () => undefined).destroy()
    throw new SourceFault('http_status', `answered ${statusCode}`)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX)
      throw new SourceFault('malformed', `the answer is larger than ${ANSWER_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
