import { once } from 'node:events'
import { createServer } from 'node:net'

const PORT_MAX = 65_535

/** The next ports from `first` upward that nobody listens on; taken ones are stepped over. */
export async function freePorts(first: number, count: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let port = first; found.length < count; port += 1) {
    if (port > PORT_MAX) throw new Error(`fewer than ${count} free ports from ${first} upward`)
    if (await isFree(port)) found.push(port)
  }
  return found
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) return false
    throw error
  }
}
