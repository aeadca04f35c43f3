import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as ListeningServer, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Knows which connections of a server are at work, and ends them all in an orderly way. */
export interface Drain {
  /** To be told of every request before it is handled. */
  began(req: IncomingMessage, res: ServerResponse): void
  /** Whether a request of this connection is not answered yet. */
  isBusy(socket: object): boolean
  /** See HttpServer.stop. */
  stop(graceMs: number): Promise<void>
}

/**
 * Nobody can be told that an idle connection is closed before the next request is sent over it. So what is on its way is let arrive, and is
 * answered with `Connection: close`: a handshake and a request take this long at most over a slow network, and who asks often asks within it.
 */
const ON_THE_WAY_MS = 500

/** Who is connected but not yet accepted would be reset by the end of the listener. They are taken first, and more than so many turns never. */
const ACCEPT_TURNS_MAX = 100

export function createDrain(server: Server, secure: boolean): Drain {
  const inFlight = new Set<ServerResponse>()
  // Below TLS, and where HTTP is spoken; without TLS these are the same.
  const transports = new Set<Socket>()
  const connections = new Set<Socket>()
  let stopping = false
  let closesIdle = false
  let accepted = 0

  keepTrack(server, 'connection', transports)
  keepTrack(server, secure ? 'secureConnection' : 'connection', connections)
  server.on('connection', () => (accepted += 1))
  const isBusy = (socket: object): boolean => Array.from(inFlight).some((res) => res.req.socket === socket)
  const acceptWaiting = async (): Promise<void> => {
    for (let turn = 0, before = -1; turn < ACCEPT_TURNS_MAX && accepted !== before; turn += 1) {
      before = accepted
      // The first may come before the event loop looks at its sockets again.
      await nextTurn()
      await nextTurn()
    }
  }
  const closeIdle = (): void => {
    closesIdle = true
    for (const socket of connections) if (!isBusy(socket)) socket.destroy()
  }

  return {
    began(req, res) {
      inFlight.add(res)
      if (stopping) res.shouldKeepAlive = false
      res.once('close', () => {
        inFlight.delete(res)
        if (closesIdle && !isBusy(req.socket)) req.socket.destroySoon()
      })
    },
    isBusy,
    async stop(graceMs) {
      stopping = true
      await acceptWaiting()
      const { promise: closed, resolve } = Promise.withResolvers<unknown>()
      // The HTTP server's own close would cut what is idle at once.
      ListeningServer.prototype.close.call(server, resolve)
      for (const res of inFlight) res.shouldKeepAlive = false
      const idle = setTimeout(closeIdle, Math.min(graceMs, ON_THE_WAY_MS))
      const timer = setTimeout(() => {
        for (const socket of transports) socket.destroy()
      }, graceMs)
      await closed
      clearTimeout(idle)
      clearTimeout(timer)
      // Ends its look for slow requests; there is nothing left to close.
      server.close()
    },
  }
}

function keepTrack(server: Server, event: string, sockets: Set<Socket>): void {
  server.on(event, (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
}
