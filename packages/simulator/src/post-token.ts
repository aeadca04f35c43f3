import { TOKEN_FIELD } from '@callback-quorum/protocol'
import { Agent, type Dispatcher, request } from 'undici'

/** An answer is a few kilobytes; past this the rest is not read. */
export const ANSWER_BYTES_MAX = 1024 * 1024

export interface TransportOptions {
  /** For servers with a certificate of a private authority. */
  readonly ca?: string | Buffer
  /** For servers that demand mutual TLS. */
  readonly clientCert?: { readonly cert: string | Buffer; readonly key: string | Buffer }
}

export interface PostOptions extends TransportOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Keeps connections between calls; without it each call has its own. */
  readonly dispatcher?: Dispatcher
}

export type PostResult =
  | { readonly http: number; readonly body: string }
  | { readonly http: null; readonly problem: string; readonly cause: 'timeout' | 'transport' | 'too_large' | 'stopped' }

/** POSTs a token in the form field that the protocol names. Never throws for what the network or the server does. */
export function postToken(url: string, token: string, options: PostOptions): Promise<PostResult> {
  return postForm(url, `${TOKEN_FIELD}=${encodeURIComponent(token)}`, options)
}

/** The same with the form written by the caller: for a missing, repeated or renamed field. */
export function postForm(url: string, form: string, options: PostOptions): Promise<PostResult> {
  return postBody(url, form, { 'content-type': 'application/x-www-form-urlencoded' }, options)
}

/** Any body. The limit of time is for everything, from the connection to the last byte of the answer. */
export async function postBody(
  url: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  options: PostOptions,
): Promise<PostResult> {
  const dispatcher = options.dispatcher ?? connectionsTo(options)
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  try {
    const response = await request(url, {
      method: 'POST',
      headers,
      body,
      signal,
      dispatcher,
    })
    const answer = await readBounded(response.body)
    if (answer === undefined)
      return { http: null, cause: 'too_large', problem: `answer longer than ${String(ANSWER_BYTES_MAX)} bytes` }
    return { http: response.statusCode, body: answer }
  } catch (error) {
    if (timeout.aborted)
      return { http: null, cause: 'timeout', problem: `no answer within ${String(options.timeoutMs)} ms` }
    if (signal.aborted) return { http: null, cause: 'stopped', problem: 'given up before an answer came' }
    return { http: null, cause: 'transport', problem: describe(error) }
  } finally {
    if (options.dispatcher === undefined) await dispatcher.destroy()
  }
}

/** Connections with the TLS material of one server. Keep-alive, one request at a time on each, HTTP/1.1. */
export function connectionsTo({ ca, clientCert }: TransportOptions): Agent {
  const connect = { ...(ca === undefined ? {} : { ca }), ...(clientCert === undefined ? {} : clientCert) }
  return new Agent({ connect, allowH2: false, pipelining: 1 })
}

async function readBounded(body: Dispatcher.ResponseData['body']): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    // Leaving the loop destroys the stream and its connection.
    if (length > ANSWER_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'transport failure'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return `${code}: ${error.message}`
}
