import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import type { Stoppable } from './run-until-signal.ts'

export interface PeriodicOptions {
  readonly name: string
  readonly everyMs: number
  readonly log: Logger
  /** Returns true when there may be more to do at once. */
  readonly work: () => Promise<boolean>
}

/** Runs `work` again and again until stopped; a run that throws is logged and the next one comes all the same. `wake` runs it at once. */
export function startPeriodic({ name, everyMs, log, work }: PeriodicOptions): Stoppable & { wake(): void } {
  const stopping = new AbortController()
  let waking = new AbortController()
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      const hasMore = await work().catch((error: unknown) => {
        log.error({ err: error, task: name }, 'a background task failed and will run again')
        return false
      })
      if (hasMore) continue
      await sleep(everyMs, undefined, { signal: AbortSignal.any([stopping.signal, waking.signal]) }).catch(
        () => undefined,
      )
    }
  }
  const running = loop()
  return {
    name,
    wake: () => {
      waking.abort()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
