import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const EXAMPLE = join(import.meta.dirname, '../../deploy/proxy/haproxy.cfg')
const START_MS_MAX = 20_000

export const HAS_HAPROXY = ((): boolean => {
  try {
    execFileSync('which', ['haproxy'])
    return true
  } catch {
    return false
  }
})()

export interface Ports {
  readonly port: number
  readonly metricsPort: number
}

export interface ProxyProcess {
  /** What it logged: one line for each connection that ended. */
  said(): string
  stop(): Promise<void>
}

/** The real haproxy with the example of deploy/proxy, nothing changed but addresses and ports. */
export async function startProxy(
  folder: string,
  port: number,
  [first, second]: readonly [Ports, Ports],
): Promise<ProxyProcess> {
  const at = (servers: Ports): string => `127.0.0.1:${String(servers.port)} check port ${String(servers.metricsPort)}`
  const file = join(folder, `haproxy-${String(port)}.cfg`)
  const edited = [
    ['192.0.2.11:11020 check port 11120', at(first)],
    ['192.0.2.12:11020 check port 11120', at(second)],
    ['bind :11020', `bind 127.0.0.1:${String(port)}`],
  ].reduce(
    (text, [from = '', to = '']) => {
      if (text.split(from).length !== 2) throw new Error(`deploy/proxy/haproxy.cfg has no ${from}`)
      return text.replace(from, to)
    },
    await readFile(EXAMPLE, 'utf8'),
  )
  await writeFile(file, edited)
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
  const deadline = performance.now() + START_MS_MAX
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`haproxy did not start: ${said}`)
    await delay(50)
  }
  return {
    said: () => said,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => {
      resolve(false)
    })
  })
}
