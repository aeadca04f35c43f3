import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Respond = (response: ServerResponse, received: Received) => void

/** A server of somebody else as it is seen over the wire; what it answers can be exchanged while it runs. */
export interface BusinessServer {
  readonly port: number
  readonly received: Received[]
  /** Connections that were begun, with or without a request on them. */
  connections: number
  respond: Respond
  close(): Promise<void>
}

export const RECORD = {
  state: 'approved',
  currency: 'ETH',
  amount: '1.5',
  address: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  memo: null,
  valid_until: '2026-11-21T13:00:00Z',
}

/** The text as it is: numbers keep their digits. */
export const text =
  (body: string | Buffer, status = 200, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)

export const json = (body: unknown, status = 200): Respond => text(JSON.stringify(body), status)

/** The first answers in turn, then the last one for ever. */
export function inTurn(...responds: readonly Respond[]): Respond {
  let asked = 0
  return (response, received) => {
    const respond = responds[Math.min(asked, responds.length - 1)]
    asked += 1
    respond?.(response, received)
  }
}

export async function startBusinessServer(tls: ServerOptions, respond: Respond): Promise<BusinessServer> {
  const served: BusinessServer = { port: 0, received: [], connections: 0, respond, close: () => Promise.resolve() }
  const server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const received = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
      served.received.push(received)
      served.respond(response, received)
    })
  })
  const sockets = new Set<Duplex>()
  server.on('connection', (socket) => {
    served.connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(served, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      // Also those that are still shaking hands, which closeAllConnections does not know.
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
