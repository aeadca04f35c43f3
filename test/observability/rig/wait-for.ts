import { setTimeout as delay } from 'node:timers/promises'

/** A busy machine is late; who waits longer waits for something that does not come. */
const WAIT_MS = 60_000
const EVERY_MS = 200

export interface WaitOptions {
  readonly ms?: number
  readonly everyMs?: number
}

/**
 * Looks until it gives something. Throws with `what`, and what was seen or thrown last, when nothing came in time; `seen` says it better
 * than an undefined does.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { ms = WAIT_MS, everyMs = EVERY_MS, seen }: WaitOptions & { readonly seen?: () => unknown } = {},
): Promise<T> {
  const deadline = performance.now() + ms
  let problem: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
      problem = undefined
    } catch (error) {
      problem = error
    }
    if (performance.now() > deadline) {
      const last = seen === undefined ? '' : `; seen: ${JSON.stringify(seen(), undefined, 1)}`
      throw new Error(`not within ${ms / 1_000} s: ${what}${last}`, problem === undefined ? {} : { cause: problem })
    }
    await delay(everyMs)
  }
}
