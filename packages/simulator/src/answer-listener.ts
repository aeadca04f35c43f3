import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Answer } from './lying-answer.ts'

export interface ListenerOptions {
  /** 0 or missing: any free one. A fixed port lets a double come back after it was down. */
  readonly port?: number
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer; readonly clientCa?: string | Buffer }
}

export interface Question {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface AnswerListener {
  /** Origin. */
  readonly url: string
  /** Cuts every connection, those left hanging too. */
  close(): Promise<void>
}

/** Any real question fits; the protocol's servers take 4 MiB. */
const BODY_BYTES_MAX = 16 * 1024 * 1024

/** HTTP on the loopback address that can also leave a question hanging, cut it off or answer in halves. */
export async function startAnswerListener(
  options: ListenerOptions,
  answer: (question: Question) => Promise<Answer>,
): Promise<AnswerListener> {
  const timers = new Set<NodeJS.Timeout>()
  const server = serverOf(options, (request, response) => {
    respond(request, response, answer, timers).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(address.port)}`,
    close: () => closeServer(server, timers),
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (question: Question) => Promise<Answer>,
  timers: Set<NodeJS.Timeout>,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://double').pathname
  const body = await readBody(request)
  const { method = '', headers } = request
  write(response, await answer({ method, path, headers, body }), timers)
}

function write(response: ServerResponse, answer: Answer, timers: Set<NodeJS.Timeout>): void {
  switch (answer.send) {
    case 'nothing':
      return
    case 'close':
      response.destroy()
      return
    case 'halves': {
      const half = Math.floor(answer.body.length / 2)
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': answer.body.length })
      response.write(answer.body.slice(0, half))
      return later(answer.delayMs, () => response.end(answer.body.slice(half)), timers)
    }
    case 'body': {
      const writeBody = (): void => {
        response.writeHead(answer.http, { 'content-type': answer.contentType }).end(answer.body)
      }
      return answer.delayMs === undefined ? writeBody() : later(answer.delayMs, writeBody, timers)
    }
  }
}

function later(delayMs: number, work: () => void, timers: Set<NodeJS.Timeout>): void {
  const timer = setTimeout(() => {
    timers.delete(timer)
    work()
  }, delayMs)
  timers.add(timer)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > BODY_BYTES_MAX) throw new RangeError('request body too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function serverOf({ tls }: ListenerOptions, onRequest: RequestListener): Server {
  if (tls === undefined) return createServer(onRequest)
  const { cert, key, clientCa } = tls
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  return createTlsServer({ cert, key, ...mutual }, onRequest)
}

async function closeServer(server: Server, timers: Set<NodeJS.Timeout>): Promise<void> {
  for (const timer of timers) clearTimeout(timer)
  timers.clear()
  if (!server.listening) return
  await new Promise<void>((resolve, reject) => {
    server.close((error) => {
      if (error === undefined) resolve()
      else reject(error)
    })
    server.closeAllConnections()
  })
}
