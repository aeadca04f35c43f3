/** What `work` comes to, or the reason of `signal` if that fires first; `work` then goes on unheard. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const fail = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  }
  if (signal.aborted) fail()
  else signal.addEventListener('abort', fail, { once: true })
  return Promise.race([work, promise]).finally(() => {
    signal.removeEventListener('abort', fail)
  })
}
