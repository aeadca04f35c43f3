import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy in front of a server, so that a test can break its connections, silence it or take it away. */
export interface TcpProxy {
  /** The URL of the server with the proxy's port in it. */
  readonly url: string
  /** While false, connections are reset. */
  setReachable(reachable: boolean): void
  /** While true, nothing of what the server says comes through. */
  setSilent(silent: boolean): void
  /** Resets every connection. */
  reset(): void
  close(): Promise<void>
}

export async function startTcpProxy(serverUrl: string): Promise<TcpProxy> {
  const upstream = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let [isReachable, isSilent] = [true, false]
  const server = createServer((near) => {
    near.on('error', () => undefined)
    if (!isReachable) return near.resetAndDestroy()
    const far = connect(Number(upstream.port), upstream.hostname)
    far.on('error', () => undefined)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (bytes) => {
      if (!isSilent) near.write(bytes)
    })
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    setReachable: (reachable) => {
      isReachable = reachable
    },
    setSilent: (silent) => {
      isSilent = silent
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
