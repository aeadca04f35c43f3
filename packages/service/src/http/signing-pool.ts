import { availableParallelism } from 'node:os'
import { ServiceFault } from '../faults.ts'
import type { SigningMetrics } from './metrics.ts'

/** Limits how many signatures are computed at once: RSA runs on the four libuv threads that DNS and files need too. */
export interface SigningPool {
  /**
   * Runs `work` when a slot is free. Waits at most `deadlineMs` milliseconds for one, then throws ServiceFault
   * ERR_SERVICE_SIGNING_BUSY; `work` has not been started then. Verified callers go before all others and may use every slot,
   * others only half of them.
   */
  sign<T>(work: () => Promise<T>, verified: boolean, deadlineMs: number): Promise<T>
}

interface SigningPoolOptions {
  readonly slots?: number
  readonly metrics?: SigningMetrics
}

interface Waiter {
  readonly start: () => void
}

/** Two even on one core: with a single slot, half of the slots would be none. */
const SLOTS_MIN = 2

export function createSigningPool(options: SigningPoolOptions = {}): SigningPool {
  const slots = Math.max(SLOTS_MIN, options.slots ?? availableParallelism())
  const unverifiedSlots = Math.floor(slots / 2)
  const waiting = { verified: new Set<Waiter>(), unverified: new Set<Waiter>() }
  const running = { verified: 0, unverified: 0 }

  const hasSlot = (verified: boolean): boolean =>
    running.verified + running.unverified < slots && (verified || running.unverified < unverifiedSlots)

  const measure = (): void => {
    options.metrics?.inFlight.set(running.verified + running.unverified)
    options.metrics?.waiting.set({ verified: 'yes' }, waiting.verified.size)
    options.metrics?.waiting.set({ verified: 'no' }, waiting.unverified.size)
  }
  measure()

  const startNext = (): void => {
    for (const lane of ['verified', 'unverified'] as const) {
      for (const waiter of waiting[lane]) {
        if (!hasSlot(lane === 'verified')) break
        waiting[lane].delete(waiter)
        running[lane] += 1
        waiter.start()
      }
    }
    measure()
  }

  const acquire = (lane: 'verified' | 'unverified', deadlineMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting[lane].delete(waiter)
        measure()
        reject(new ServiceFault('ERR_SERVICE_SIGNING_BUSY', 'no signing slot in time', { retryable: true }))
      }, deadlineMs)
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      waiting[lane].add(waiter)
      startNext()
    })

  return {
    async sign(work, verified, deadlineMs) {
      const lane = verified ? 'verified' : 'unverified'
      const observe = options.metrics?.waitSeconds.startTimer({ verified: String(verified) })
      await acquire(lane, deadlineMs)
      observe?.()
      try {
        return await work()
      } finally {
        running[lane] -= 1
        startNext()
      }
    },
  }
}
