import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A way to a server on which every connection takes its time before the first byte goes on. */
export interface SlowWay {
  /** Origin to be asked in the place of the server. */
  readonly origin: string
  close(): Promise<void>
}

/** Every connection is held for so long and is closed after its first answer, so that each question is late. */
export async function openSlowWay(target: string, holdMs: number): Promise<SlowWay> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  }
  const server = createServer((near) => {
    keep(near).pause()
    void delay(holdMs).then(() => {
      if (near.destroyed) return
      const far = keep(connect(Number(port), hostname))
      near.pipe(far)
      far.once('data', (answer) => near.end(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
