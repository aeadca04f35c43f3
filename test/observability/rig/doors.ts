import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `up` answers at once; `broken` says 503; `denied` says 401; `silent` never answers. */
export type DoorState = 'up' | 'broken' | 'denied' | 'silent'

/** Somebody else's HTTP server, as far as our services ask it. */
export interface Door {
  /** Origin, without a slash. */
  readonly origin: string
  state: DoorState
  close(): Promise<void>
}

/** A text, an object as JSON, or undefined for 404. */
export type Answering = (path: string) => object | string | undefined | Promise<object | string | undefined>

/** Answers each path while it is up. */
export async function openDoor(answerTo: Answering): Promise<Door> {
  const server = createServer((request, response) => {
    switch (door.state) {
      case 'up':
        void send(response, answerTo(request.url ?? '/'))
        return
      case 'broken':
        response.writeHead(503).end()
        return
      case 'denied':
        response.writeHead(401).end()
        return
      case 'silent':
        return
      default:
        throw new TypeError(`unknown state ${String(door.state satisfies never)}`)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const door: Door = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: 'up',
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return door
}

async function send(response: ServerResponse, answering: ReturnType<Answering>): Promise<void> {
  const answer = await answering
  if (answer === undefined) response.writeHead(404).end()
  else if (typeof answer === 'string') response.writeHead(200, { 'content-type': 'text/plain' }).end(answer)
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}
