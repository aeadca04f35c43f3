import { createHash, X509Certificate } from 'node:crypto'
import { request as plain, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'
import { checkServerIdentity, TLSSocket, type PeerCertificate } from 'node:tls'

/** Nothing that a doctor asks for is larger. */
const ANSWER_BYTES_MAX = 256 * 1024

export interface HttpQuestion {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly pin?: string
  }
  /** The headers are enough; the body is not waited for. */
  readonly headersOnly?: true
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
  /** When headers came, milliseconds after the question left. */
  readonly tookMs: number
  readonly certificateEnds?: Date
}

/** One question on a connection of its own. Throws what node throws, and PinDiffers. Redirects are not followed. */
export function askHttp(question: HttpQuestion): Promise<HttpAnswer> {
  const { url, method, headers, body, tls, signal } = question
  const startedMs = performance.now()
  const common = { method, signal, agent: false as const, headers: { ...headers, connection: 'close' } }
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? secure(url, {
            ...common,
            ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
            ...(tls?.key === undefined ? {} : { key: tls.key }),
            checkServerIdentity: (host, certificate) =>
              checkServerIdentity(host, certificate) ?? checkPin(tls?.pin, certificate),
          })
        : plain(url, common)
    request.on('error', reject)
    request.on('response', (response) => {
      const tookMs = performance.now() - startedMs
      const ends = response.socket instanceof TLSSocket ? response.socket.getPeerCertificate().valid_to : undefined
      const answer = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        tookMs,
        ...(ends === undefined ? {} : { certificateEnds: new Date(ends) }),
      }
      if (question.headersOnly === true) {
        resolve({ ...answer, body: Buffer.alloc(0) })
        request.destroy()
        return
      }
      readBody(response).then((bytes) => {
        resolve({ ...answer, body: bytes })
      }, reject)
    })
    request.end(body)
  })
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The server's key is not the one that the configuration pins. */
export class PinDiffers extends Error {
  override readonly name = 'PinDiffers'
  readonly code = 'PIN_DIFFERS'
  /** What would have to stand in pin_sha256 for this server. */
  readonly found: string

  constructor(found: string) {
    super('the key of the server is not the pinned one')
    this.found = found
  }
}

function checkPin(pin: string | undefined, certificate: PeerCertificate): Error | undefined {
  if (pin === undefined) return undefined
  const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' })
  const found = createHash('sha256').update(spki).digest('base64')
  return found === pin ? undefined : new PinDiffers(found)
}
