import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A server behind a network that can freeze: what is sent is taken and comes to nothing, a goodbye is not answered. */
export interface FrozenServer {
  /** The URL of the server with the port of this one in it. */
  readonly url: string
  freeze(): void
  /** Lets go of every connection that was frozen. */
  close(): Promise<void>
}

export async function startFrozenServer(serverUrl: string): Promise<FrozenServer> {
  const upstream = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let isFrozen = false
  // Half open: the end of what a client says does not end what is said to it.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(upstream.port), upstream.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.on('data', (bytes) => {
      if (!isFrozen) far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (!isFrozen) near.write(bytes)
    })
    near.on('end', () => {
      if (!isFrozen) far.end()
    })
    far.on('end', () => {
      if (!isFrozen) near.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    freeze: () => {
      isFrozen = true
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
