import { createLogger, runUntilSignal, STOP_GRACE_MS } from '@callback-quorum/service'
import { SERVICES, type ServiceName } from '../services.ts'
import type { Terminal } from '../terminal.ts'

/** Databases and pools close after the listeners are drained. */
const GRACE_MS = STOP_GRACE_MS + 5_000

export interface RunServiceOptions {
  readonly config: string
  /** Stop when standard input ends, as SIGTERM would: for a supervisor that holds the other end of a pipe. */
  readonly stopWithStdin?: boolean
}

/** Runs one service until a signal; resolves to the exit code. */
export async function runService(name: ServiceName, options: RunServiceOptions, terminal: Terminal): Promise<number> {
  const running = await SERVICES[name].start(options.config, terminal.env)
  const log = createLogger({ name, level: 'info' })
  const { callbackUrls, metricsUrl, adminUrl } = running
  log.info({ callbackUrls, metricsUrl, adminUrl }, 'listening')
  const signals = options.stopWithStdin === true ? withStdin(terminal) : terminal.process
  const exitCode = await runUntilSignal(running.parts, { log, graceMs: GRACE_MS, process: signals })
  // A pipe that is still read would keep the process alive.
  terminal.stdin.pause()
  return exitCode
}

function withStdin({ process, stdin }: Terminal): Terminal['process'] {
  const on = ((event: string, listener: (signal: NodeJS.Signals) => void) => {
    if (event === 'SIGTERM') {
      stdin.once('end', () => {
        listener('SIGTERM')
      })
      stdin.resume()
    }
    process.on(event as NodeJS.Signals, listener)
    return process
  }) as Terminal['process']['on']
  return { on, off: process.off.bind(process), exit: process.exit.bind(process) }
}
