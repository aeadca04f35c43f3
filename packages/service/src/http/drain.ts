import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Knows which connections of a server are at work, and ends them all in an orderly way. */
export interface Drain {
  /** To be told of every request before it is handled. */
  began(req: IncomingMessage, res: ServerResponse): void
  /** Whether a request of this connection is not answered yet. */
  isBusy(socket: object): boolean
  /** See HttpServer.stop. */
  stop(graceMs: number): Promise<void>
}

/** Who has connected has a handshake behind it and sends its request next; over any network that is on its way within this time. */
const FIRST_REQUEST_MS = 1_000

export function createDrain(server: Server, secure: boolean): Drain {
  const inFlight = new Set<ServerResponse>()
  // Below TLS, and where HTTP is spoken; without TLS these are the same.
  const transports = new Set<Socket>()
  const connections = new Set<Socket>()
  const used = new WeakSet<object>()
  let stopping = false

  keepTrack(server, 'connection', transports)
  keepTrack(server, secure ? 'secureConnection' : 'connection', connections)
  const isBusy = (socket: object): boolean => Array.from(inFlight).some((res) => res.req.socket === socket)
  const closeIdle = (isMeant: (socket: Socket) => boolean): void => {
    for (const socket of connections) if (isMeant(socket) && !isBusy(socket)) socket.destroy()
  }

  return {
    began(req, res) {
      inFlight.add(res)
      used.add(req.socket)
      if (stopping) res.shouldKeepAlive = false
      res.once('close', () => {
        inFlight.delete(res)
        if (stopping && !isBusy(req.socket)) req.socket.destroySoon()
      })
    },
    isBusy,
    async stop(graceMs) {
      stopping = true
      const { promise: closed, resolve } = Promise.withResolvers<unknown>()
      server.close(resolve)
      for (const res of inFlight) res.shouldKeepAlive = false
      closeIdle((socket) => used.has(socket))
      const unused = setTimeout(closeIdle, Math.min(graceMs, FIRST_REQUEST_MS), () => true)
      const timer = setTimeout(() => {
        for (const socket of transports) socket.destroy()
      }, graceMs)
      await closed
      clearTimeout(unused)
      clearTimeout(timer)
    },
  }
}

function keepTrack(server: Server, event: string, sockets: Set<Socket>): void {
  server.on(event, (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
}
