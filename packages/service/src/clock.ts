/** Where a service reads the time: one door, so that a test can hold the clock still. */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now() }
