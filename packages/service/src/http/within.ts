/**
 * What `work` resolves to, or 'late' when it takes longer than `timeoutMs`. It is not stopped: its record matters, its late
 * rejection does not.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, timeoutMs, 'late')
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
