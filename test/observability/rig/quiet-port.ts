import { isPortTaken } from '../../../packages/service/src/database/embedded/free-port.ts'

/** Below the ports that outgoing connections get: a service is stopped and started again, and nobody may take its port meanwhile. */
const FIRST = 18_000
const BLOCKS = 140
const BLOCK = 100

let next = FIRST + (process.pid % BLOCKS) * BLOCK

/** A port of 127.0.0.1 that nobody listens on, and that this process gives away once. */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = next
    next += 1
    if (!(await isPortTaken(port))) return port
  }
}
