import { runUntilSignal, type Logger, type Stoppable } from '@callback-quorum/service'
import type { Host } from '../host.ts'

/** Draining takes up to 10 s (STOP_GRACE_MS), an embedded PostgreSQL up to 20 s. */
const STOP_MS_MAX = 30_000

/** What was started, and its logger. */
export interface RunningParts {
  readonly parts: readonly Stoppable[]
  readonly log: Logger
}

/** Starts the parts and runs them until SIGINT or SIGTERM, or until standard input ends. Resolves to the exit code. */
export async function runParts(
  start: () => Promise<RunningParts>,
  o: { readonly stopOnStdinEnd?: boolean },
  host: Host,
): Promise<number> {
  const stopWithInput = (): void => {
    host.raise('SIGTERM')
  }
  const unwatch = o.stopOnStdinEnd === true ? host.onStdinEnd(stopWithInput) : () => undefined
  try {
    const { parts, log } = await start()
    // First: its end while the rest stops would be a second signal, which means to leave at once.
    const input: Stoppable = {
      name: 'standard input',
      stop: () => {
        unwatch()
        return Promise.resolve()
      },
    }
    return await runUntilSignal([input, ...parts], { log, graceMs: STOP_MS_MAX, process: host.signals })
  } finally {
    unwatch()
  }
}
