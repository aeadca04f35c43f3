import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { errnoOf, readBearerToken } from '../outbound/index.ts'

export interface OtlpPostOptions {
  /** http or https; what is allowed beyond loopback is decided by the configuration's rules. */
  readonly url: string
  /** PEM: trusted instead of the public authorities. */
  readonly ca?: string
  /** Absolute path, read for each batch so that the token can be exchanged. */
  readonly bearerFile?: string
}

/** Delivers one body of OTLP/HTTP with JSON (opentelemetry.io, OTLP specification, "OTLP/HTTP"). Rejects unless it was taken, and when the signal fires. */
export type PostOtlp = (body: Uint8Array, signal: AbortSignal) => Promise<void>

/** One connection, since batches go one after the other. Proxies and OTEL_ variables of the environment are not looked at. */
export function createOtlpPost({ url, ca, bearerFile }: OtlpPostOptions): PostOtlp {
  const isSecure = new URL(url).protocol === 'https:'
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1, ...(ca === undefined ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 })
  return async (body, signal) => {
    const token = bearerFile === undefined ? undefined : await readBearerToken(bearerFile)
    const headers = {
      'content-type': 'application/json',
      'content-length': body.byteLength,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const options = { method: 'POST', agent, headers, signal }
    const open = (): ClientRequest => (isSecure ? httpsRequest(url, options) : httpRequest(url, options))
    const request = open()
    await send(request, body).catch((error: unknown) => {
      // The collector closed a kept connection as it was taken up again: that says nothing about the collector.
      if (!request.reusedSocket || errnoOf(error) !== 'ECONNRESET' || signal.aborted) throw error
      return send(open(), body)
    })
  }
}

async function send(request: ClientRequest, body: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.once('response', resolve)
  // Stays after the answer: a connection that breaks later must not end the process.
  request.on('error', reject)
  request.end(body)
  const response = await promise
  // What a collector says beside its status is not read, and not waited for beyond the signal.
  for await (const _ of response) continue
  const status = response.statusCode ?? 0
  if (status < 200 || status > 299) throw new Error(`the collector answered HTTP ${status}`)
}
