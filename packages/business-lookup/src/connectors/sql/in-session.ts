import type { SqlConnection, SqlDriver } from './sql-driver.ts'
import { SqlFault } from './sql-fault.ts'

/**
 * Lends a connection to `work`. It goes back to the pool only when `work` returned; when `work` threw, `signal` fired or `workMs` were over
 * since it was lent, its socket is closed. Rejects at once when `signal` fires.
 */
export async function inSession<T>(
  driver: SqlDriver,
  { signal, workMs }: { readonly signal: AbortSignal; readonly workMs: number },
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const connection = await unlessAborted(driver.connect(), signal, (late) => {
    late.release()
  })
  let isWhole = false
  try {
    const result = await unlessAborted(work(connection), AbortSignal.any([signal, AbortSignal.timeout(workMs)]))
    isWhole = true
    return result
  } finally {
    if (isWhole) connection.release()
    else connection.destroy()
  }
}

/** Settles as `promise` does, or rejects when `signal` fires first; what comes after that goes to `late`. */
async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  let isLate = false
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      isLate = true
      reject(new SqlFault('timeout', 'the database did not answer in time'))
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  promise.then(
    (value) => {
      if (isLate) late(value)
    },
    () => undefined,
  )
  try {
    return await Promise.race([aborted, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
