/** So many questions at once, the others wait in order. */
export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Runs `work` in a slot; throws the signal's reason when it fires while waiting. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const enter = (): void => resolve(undefined)
    const leave = (): void => {
      const place = this.#waiting.indexOf(enter)
      // Already given a slot: it is kept, and given back by who runs in it.
      if (place === -1) return
      this.#waiting.splice(place, 1)
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    this.#waiting.push(enter)
    signal.addEventListener('abort', leave, { once: true })
    await promise
    signal.removeEventListener('abort', leave)
  }

  /** A slot goes straight to who waits longest. */
  #give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
