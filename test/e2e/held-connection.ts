import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** TCP between a client of PostgreSQL and its server, for what happens when the way between them breaks. Without TLS. */
export interface HeldConnection {
  /** The same URL, by way of this. */
  through(databaseUrl: string): string
  /**
   * Passes on the `commit` of the first transaction that carried `text`, and from then on nothing that the server answers, on whatever
   * connection. Resolves when the commit was passed on.
   */
  holdAfterCommitOf(text: string): Promise<void>
  /** Resets every connection, and every new one as soon as it is made. */
  cut(): void
  /** Resets what was held, and lets new connections through: to this port when it is given, otherwise to where they went before. */
  restore(port?: number): void
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1 and leads to `port` there. */
export async function startHeldConnection(port: number): Promise<HeldConnection> {
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  let target = port
  let way: 'open' | 'held' | 'cut' = 'open'
  let trap: { readonly text: Buffer; readonly sprung: () => void } | undefined
  const listener = createServer((client) => {
    if (way === 'cut') {
      client.resetAndDestroy()
      return
    }
    const server = connect(target, '127.0.0.1')
    const pair = [client, server] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined) // Its close follows.
      socket.on('close', () => {
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    const carries = watchTransactions() // Sees every piece: it must know where messages begin.
    client.on('data', (chunk) => {
      if (carries(chunk, trap?.text) && trap !== undefined) {
        // Before the commit goes out, so that no answer to it can be on its way already.
        way = 'held'
        trap.sprung()
        trap = undefined
      }
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      if (way === 'open') client.write(chunk)
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const own = (listener.address() as AddressInfo).port
  const reset = (): void => {
    for (const sockets of pairs) for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    through: (databaseUrl) => {
      const url = new URL(databaseUrl)
      url.host = `127.0.0.1:${String(own)}`
      return url.href
    },
    holdAfterCommitOf: (text) =>
      new Promise((resolve) => {
        trap = { text: Buffer.from(text), sprung: resolve }
      }),
    cut: () => {
      way = 'cut'
      reset()
    },
    restore: (to = target) => {
      way = 'open'
      target = to
      reset()
    },
    close: async () => {
      reset()
      listener.close()
      await once(listener, 'close')
    },
  }
}

const TYPE_BYTES = 1
const LENGTH_BYTES = 4

/**
 * Reads the messages of a client (PostgreSQL documentation, "Message Formats": a type and a length that counts itself; only the first
 * message has no type), and says of each piece whether the commit of a transaction that carried the text is complete in it.
 */
function watchTransactions(): (chunk: Buffer, text: Buffer | undefined) => boolean {
  let unread: Buffer = Buffer.alloc(0)
  let isFirst = true
  let hasText = false
  return (chunk, text) => {
    unread = Buffer.concat([unread, chunk])
    let isCommit = false
    for (;;) {
      const typeBytes = isFirst ? 0 : TYPE_BYTES
      if (unread.length < typeBytes + LENGTH_BYTES) return isCommit
      const end = typeBytes + unread.readInt32BE(typeBytes)
      if (unread.length < end) return isCommit
      const message = unread.subarray(0, end)
      unread = unread.subarray(end)
      const simpleQuery = !isFirst && message[0] === 'Q'.charCodeAt(0) ? message.toString('utf8', 5, end - 1) : ''
      isFirst = false
      if (simpleQuery.startsWith('begin')) hasText = false
      if (text !== undefined && message.includes(text)) hasText = true
      if (simpleQuery === 'commit' && hasText) isCommit = true
    }
  }
}
