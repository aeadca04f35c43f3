import { once } from 'node:events'
import { createServer as createHttp, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttps, type Server as SecureServer } from 'node:https'
import { isIPv6, type AddressInfo, type Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { createDrain, type Drain } from './drain.ts'
import type { HttpLimits } from './http-limits.ts'

export interface HttpServerOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** Absent: plain HTTP. */
  readonly tls?: TlsOptions
  /** Which socket addresses may connect; absent: all. Never a header: anyone can write one. */
  readonly isAllowed?: (remoteAddress: string | undefined) => boolean
  readonly limits: HttpLimits
  readonly handler: RequestListener
  /** A connection was closed because of what it is or how it spoke. */
  readonly onRefused: (reason: RefusedConnection) => void
}

export const REFUSED_CONNECTIONS = ['accept', 'address', 'tls', 'syntax', 'too_large', 'timeout'] as const
type RefusedConnection = (typeof REFUSED_CONNECTIONS)[number]

export interface HttpServer {
  /** Scheme, address and the port that was really taken; no slash at the end. */
  readonly origin: string
  /** Serves new connections with other TLS material; those that are open keep theirs. Throws when it does not fit together, or without TLS. */
  useTls(tls: TlsOptions): void
  /**
   * Accepts nothing more, lets the requests in flight, and those on their way, finish with `Connection: close`, closes what is idle half a
   * second later and destroys what is still open after `graceMs`.
   */
  stop(graceMs: number): Promise<void>
}

/** Slack for node's own check of slow requests, which runs once in this period. */
const CHECK_INTERVAL_MS = 1_000

/** Listens. Rejects when the address cannot be taken or the TLS material does not fit together. */
export async function createHttpServer(o: HttpServerOptions): Promise<HttpServer> {
  const { tls } = o
  const settings = settingsOf(o.limits)
  const secure: SecureServer | undefined = tls === undefined ? undefined : createHttps({ ...settings, ...tls })
  const server: Server = secure ?? createHttp(settings)
  server.maxConnections = o.limits.connectionsMax
  const drain = createDrain(server, secure !== undefined)
  refuseConnections(server, drain, o)
  server.on('request', (req, res) => {
    drain.began(req, res)
    o.handler(req, res)
  })
  server.listen(o.listen.port, o.listen.host)
  await once(server, 'listening')
  // Accepting may fail later, when file descriptors run out; without a listener that would end the process.
  server.on('error', () => {
    o.onRefused('accept')
  })
  return {
    origin: originOf(server, secure !== undefined),
    useTls: (renewed) => {
      if (secure === undefined) throw new Error('this listener has no TLS')
      secure.setSecureContext(renewed)
    },
    stop: (graceMs) => drain.stop(graceMs),
  }
}

function refuseConnections(server: Server, drain: Drain, o: HttpServerOptions): void {
  server.on('connection', (socket: Socket) => {
    if (o.isAllowed === undefined || o.isAllowed(socket.remoteAddress)) return
    o.onRefused('address')
    socket.destroy()
  })
  server.on('tlsClientError', () => {
    o.onRefused('tls')
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const { reason, line } = malformedAnswerOf(error.code)
    o.onRefused(reason)
    // Never into the middle of an answer that is under way on this connection.
    if (drain.isBusy(socket)) socket.destroy()
    else socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
  })
}

/** Request smuggling is left to node's strict parser: `insecureHTTPParser` stays off, a Host header stays required. */
function settingsOf(limits: HttpLimits): ServerOptions & { handshakeTimeout: number } {
  return {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersMs,
    // A backstop behind the reader's own time limit, which still answers.
    requestTimeout: limits.headersMs + limits.bodyReadMs + limits.lingerMs + CHECK_INTERVAL_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    keepAliveTimeout: limits.keepAliveMs,
    handshakeTimeout: limits.headersMs,
  }
}

/** The same answers that node gives when nobody listens. */
function malformedAnswerOf(code: string | undefined): { readonly reason: RefusedConnection; readonly line: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'too_large', line: '431 Request Header Fields Too Large' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { reason: 'too_large', line: '413 Payload Too Large' }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { reason: 'timeout', line: '408 Request Timeout' }
    default:
      return { reason: 'syntax', line: '400 Bad Request' }
  }
}

function originOf(server: Server, secure: boolean): string {
  const address = server.address() as AddressInfo
  const host = isIPv6(address.address) ? `[${address.address}]` : address.address
  return `${secure ? 'https' : 'http'}://${host}:${String(address.port)}`
}
