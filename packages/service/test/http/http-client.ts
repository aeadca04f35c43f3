import { once } from 'node:events'
import { request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect, type Socket } from 'node:net'

export interface Received {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Sending {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** TLS material and the like. */
  readonly options?: RequestOptions & { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

const FORM = 'application/x-www-form-urlencoded'

/** One request on a connection of its own. Rejects when the connection ends without an answer. */
export async function send(sending: Sending): Promise<Received> {
  const body = sending.form === undefined ? sending.body : new URLSearchParams({ ...sending.form }).toString()
  const request = open(sending, body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) })
  const answered = answerTo(request)
  request.end(body)
  return answered
}

/** A POST whose body the test writes itself, chunked. */
export function open(sending: Sending, headers: Readonly<Record<string, string>> = {}): ClientRequest {
  const request = sending.url.startsWith('https:') ? requestHttps : requestHttp
  const options = {
    method: sending.method ?? 'POST',
    agent: false,
    // Asked to be kept, so that a connection which is closed was closed by the server.
    headers: { 'content-type': FORM, connection: 'keep-alive', ...headers, ...sending.headers },
    ...sending.options,
  }
  const opened = request(sending.url, options)
  opened.flushHeaders()
  return opened
}

export async function answerTo(request: ClientRequest): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>()
  // A sender that is still writing when the answer has come may find the connection closed; the answer counts.
  request.on('error', reject)
  request.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
    })
  })
  return promise
}

export async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  return socket
}

/** Everything that comes back until the server closes the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A reset is an end too.
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}
