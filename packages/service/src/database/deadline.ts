/** Settles as `work` does, or rejects with `fault()` after `timeoutMs`; a late result goes to `late`. */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  fault: () => Error,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let expired = false
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => {
        expired = true
        reject(fault())
      },
      Math.max(0, timeoutMs),
    )
  })
  work.then(
    (value) => {
      if (expired) late(value)
    },
    () => undefined,
  )
  try {
    return await Promise.race([work, expiry])
  } finally {
    clearTimeout(timer)
  }
}
