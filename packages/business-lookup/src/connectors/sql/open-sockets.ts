import type { Socket } from 'node:net'

/** For the goodbye of a server that is there. One that is not would keep the socket, and with it the process, for as long as TCP tries. */
const GOODBYE_MS_MAX = 500

/** The sockets of a pool, so that none outlives it. */
export class OpenSockets {
  readonly #open = new Set<Socket>()

  add<S extends Socket>(socket: S): S {
    this.#open.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
    })
    return socket
  }

  /** Ends the pool by `end`. What is still open half a second later is closed at once, whatever runs on it. Never rejects. */
  async close(end: () => Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS_MAX)
    })
    const ended = end().then(
      () => this.#closed(),
      () => undefined,
    )
    await Promise.race([ended, late])
    clearTimeout(timer)
    for (const socket of this.#open) socket.destroy()
  }

  async #closed(): Promise<void> {
    const closing = [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    await Promise.all(closing)
  }
}
