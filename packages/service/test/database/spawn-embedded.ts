import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Started {
  readonly url: string
  readonly uid: number
}

export interface EmbeddedProcess {
  /** The next line that the process prints. */
  next(): Promise<unknown>
  kill(signal: NodeJS.Signals): void
  /** To the process and everything else in its group, as a terminal does on Ctrl-C. */
  killGroup(signal: NodeJS.Signals): void
  stop(): Promise<void>
  ended: Promise<unknown>
}

const SCRIPT = fileURLToPath(new URL('embedded-process.ts', import.meta.url))

/** Starts embedded-process.ts, in a process group of its own. */
export function spawnEmbedded(orders: { dataDir: string; native?: string; uid?: number }): EmbeddedProcess {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const pid = child.pid ?? 0
  const next = async (): Promise<unknown> => {
    const { value } = await lines.next()
    return value === undefined ? undefined : JSON.parse(value)
  }
  const ended = once(child, 'exit')
  return {
    next,
    ended,
    kill: (signal) => {
      process.kill(pid, signal)
    },
    killGroup: (signal) => {
      process.kill(-pid, signal)
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end('stop\n')
      await ended
    },
  }
}
