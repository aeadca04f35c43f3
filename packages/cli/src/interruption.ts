import { constants } from 'node:os'
import type { SignalSource } from '@callback-quorum/service'

/** SIGINT or SIGTERM, for commands that have something to put away first. */
export interface Interruption {
  readonly signal: AbortSignal
  readonly happened: Promise<NodeJS.Signals>
  /** 128 + number of the signal, as a shell reports it; undefined while none came. */
  exitCode(): number | undefined
  dispose(): void
}

/** Listens until disposed. A second signal leaves at once. */
export function interruptionOf(source: SignalSource): Interruption {
  const controller = new AbortController()
  const { promise: happened, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let first: NodeJS.Signals | undefined
  const listener = (signal: NodeJS.Signals): void => {
    if (first !== undefined) source.exit(128 + constants.signals[signal])
    first = signal
    resolve(signal)
    controller.abort(new Error(`stopped by ${signal}`))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) source.on(signal, listener)
  return {
    signal: controller.signal,
    happened,
    exitCode: () => (first === undefined ? undefined : 128 + constants.signals[first]),
    dispose: () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) source.off(signal, listener)
    },
  }
}
