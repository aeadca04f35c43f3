import { constants } from 'node:os'
import type { Logger } from '../log.ts'

export interface Stoppable {
  readonly name: string
  stop(): Promise<void>
}

/** The part of `process` that this file needs; only a main has the real one in its hands. */
export type SignalSource = Pick<NodeJS.Process, 'on' | 'off' | 'exit'>

/** What a later part still gets when an earlier one has used up the whole grace: enough to close a pool or kill a child. */
const LAST_CALL_MS = 1_000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Waits for SIGINT or SIGTERM, then stops the parts one after the other in the order given, so that what is listed first
 * (listeners) ends before what it needs (database). A part that fails or overruns never keeps the next from stopping.
 * A second signal leaves at once with 128 + signal number.
 *
 * Resolves to the exit code: 0 when every part stopped within `graceMs`, otherwise 1.
 */
export async function runUntilSignal(
  parts: readonly Stoppable[],
  o: { readonly log: Logger; readonly graceMs: number; readonly process: SignalSource },
): Promise<number> {
  const { promise: signalled, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let signals = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1
    if (signals > 1) o.process.exit(128 + constants.signals[signal])
    resolve(signal)
  }
  for (const signal of SIGNALS) o.process.on(signal, onSignal)
  try {
    const signal = await signalled
    o.log.info({ signal, graceMs: o.graceMs }, 'stopping')
    return await stopInOrder(parts, o)
  } finally {
    for (const signal of SIGNALS) o.process.off(signal, onSignal)
  }
}

async function stopInOrder(parts: readonly Stoppable[], o: { log: Logger; graceMs: number }): Promise<number> {
  const deadline = performance.now() + o.graceMs
  let exitCode = 0
  for (const part of parts) {
    const outcome = await stopWithin(part, Math.max(deadline - performance.now(), LAST_CALL_MS))
    if (outcome === 'stopped') o.log.info({ part: part.name }, 'stopped')
    else {
      exitCode = 1
      o.log.error({ part: part.name, ...outcome }, 'did not stop')
    }
  }
  return exitCode
}

async function stopWithin(
  part: Stoppable,
  timeoutMs: number,
): Promise<'stopped' | { err?: unknown; timeoutMs?: number }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<{ timeoutMs: number }>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { timeoutMs })
  })
  const stopped = Promise.resolve()
    .then(() => part.stop())
    .then(
      () => 'stopped' as const,
      (err: unknown) => ({ err }),
    )
  const outcome = await Promise.race([stopped, late])
  clearTimeout(timer)
  return outcome
}
