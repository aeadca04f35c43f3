import type { Dialect } from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { UnverifiableCause } from './outcome.ts'

/** Warns of requests of nobody who is known: one line per cause, dialect and period, however many come. */
export type StrangerLog = (dialect: Dialect, cause: UnverifiableCause) => void

export function createStrangerLog(clock: Clock, log: Logger, periodMs: number): StrangerLog {
  const warnedAtMs = new Map<string, number>()
  return (dialect, cause) => {
    const key = `${dialect} ${cause}`
    const nowMs = clock.nowMs()
    const agoMs = nowMs - (warnedAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
    if (agoMs >= 0 && agoMs < periodMs) return
    warnedAtMs.set(key, nowMs)
    log.warn({ dialect, cause }, 'unverifiable request; others of this kind are only counted for a moment')
  }
}
