import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Respond = (response: ServerResponse, received: Received) => void

/** A vendor as it is seen over the wire; what it answers can be exchanged while it runs. */
export interface VendorServer {
  readonly url: string
  readonly received: Received[]
  respond: Respond
  close(): Promise<void>
}

/** The text as it is: numbers keep their digits. */
export const text =
  (body: string, status = 200, type = 'application/json'): Respond =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body)

export const json = (body: unknown, status = 200): Respond => text(JSON.stringify(body), status)

export async function startVendorServer(
  respond: Respond,
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<VendorServer> {
  const received: Received[] = []
  const served: { respond: Respond } = { respond }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const seen = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
      received.push(seen)
      served.respond(response, seen)
    })
  }
  const server: Server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(served, {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    received,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
