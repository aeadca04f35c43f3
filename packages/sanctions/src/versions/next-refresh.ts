import { SanctionsFault } from '../faults.ts'

/** Replicas and services must not all come at the same second. */
const JITTER = 0.2
/** After a failure, when the list is not looked at more often anyway. */
const AFTER_FAULT_MS = 5 * 60_000
/** The list that this one is compared with is being loaded beside it. */
const AFTER_REFERENCE_MISSING_MS = 15_000

/** When to fetch again: the interval of the source, give or take a fifth; sooner after a failure. `random`: from 0 up to 1. */
export function nextRefreshMs(everyMs: number, fault: unknown, random = Math.random()): number {
  const ms = fault === undefined ? everyMs : Math.min(everyMs, afterFaultMs(fault))
  return ms * (1 - JITTER + 2 * JITTER * random)
}

const afterFaultMs = (fault: unknown): number =>
  fault instanceof SanctionsFault && fault.code === 'ERR_SANCTIONS_REFERENCE_MISSING'
    ? AFTER_REFERENCE_MISSING_MS
    : AFTER_FAULT_MS
