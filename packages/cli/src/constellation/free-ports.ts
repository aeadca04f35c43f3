import { once } from 'node:events'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'
const PORT_MAX = 65_535

/** The first `count` ports from `from` upward that nobody listens on now; taken ones are stepped over. */
export async function freePorts(count: number, from: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let port = from; found.length < count; port += 1) {
    if (port > PORT_MAX) throw new RangeError(`fewer than ${count} ports are free from ${from} upward`)
    if (await isFree(port)) found.push(port)
  }
  return found
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
