import type { Logger } from '../log.ts'

/** A scrape has at least five seconds in any sensible setup: nothing that is asked for it may use them up. */
const DEADLINE_MS = 2_000
/** Several gauges, and several Prometheus servers, share one asking. */
const KEPT_MS = 1_000

interface Asking<T> {
  readonly startedMs: number
  readonly answer: Promise<T | undefined>
  isPending: boolean
}

/**
 * What gauges read when somebody scrapes: asked at most once a second, and never again while an asking is under way. Undefined when it
 * failed or took more than two seconds, so that a scrape neither fails nor waits. Never throws.
 */
export function askedAtScrape<T>(what: string, read: () => Promise<T>, log: Logger): () => Promise<T | undefined> {
  let last: Asking<T> | undefined
  const ask = (): Asking<T> => {
    const answer = attempt(read).catch((err: unknown) => {
      log.warn({ err, what }, 'a metric could not be read')
      return undefined
    })
    const asking: Asking<T> = { startedMs: performance.now(), answer, isPending: true }
    void answer.then(() => {
      asking.isPending = false
    })
    return asking
  }
  return () => {
    if (last === undefined || (!last.isPending && performance.now() - last.startedMs >= KEPT_MS)) last = ask()
    return inTime(last.answer)
  }
}

/** What throws before it returns a promise is a failed reading as well. */
const attempt = async <T>(read: () => Promise<T>): Promise<T> => read()

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, undefined)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
