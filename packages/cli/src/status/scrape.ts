import { z } from 'zod'
import { ExpositionError, parseExposition } from './parse-exposition.ts'
import { seriesOf, type Series } from './series.ts'

/** A listener on the same network answers in milliseconds; a picture that waits longer is of the past. */
const ANSWER_MS_MAX = 2_000
/** Our largest has some hundred kB. */
const BYTES_MAX = 16 * 1024 * 1024

/** One service at one moment. */
export type Scrape =
  | {
      readonly url: string
      readonly atMs: number
      readonly isUp: true
      readonly series: Series
      readonly isReady: boolean
      readonly reasons: readonly string[]
    }
  | { readonly url: string; readonly atMs: number; readonly isUp: false; readonly problem: string }

const readySchema = z.object({ ready: z.boolean(), reasons: z.array(z.string()) })

/** Reads /metrics and /readyz. Never throws for what a service does: one that is down is a result. */
export async function scrape(url: string, atMs: number, signal: AbortSignal): Promise<Scrape> {
  try {
    const [metrics, ready] = await Promise.all([get(`${url}/metrics`, signal), get(`${url}/readyz`, signal)])
    if (metrics.status !== 200) return down(url, atMs, `/metrics answers HTTP ${metrics.status}`)
    const series = seriesOf(parseExposition(metrics.body))
    return { url, atMs, isUp: true, series, ...readinessOf(ready) }
  } catch (error) {
    // Given up by the person, not by the service.
    if (signal.aborted) throw signal.reason
    return down(url, atMs, problemOf(error))
  }
}

const down = (url: string, atMs: number, problem: string): Scrape => ({ url, atMs, isUp: false, problem })

function readinessOf({ status, body }: Answer): { readonly isReady: boolean; readonly reasons: readonly string[] } {
  const read = readySchema.safeParse(jsonOf(body))
  if (!read.success) return { isReady: false, reasons: [`/readyz answers HTTP ${status} and says nothing known`] }
  const { ready, reasons } = read.data
  return { isReady: ready && status === 200, reasons }
}

interface Answer {
  readonly status: number
  readonly body: string
}

async function get(url: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
  })
  const decoder = new TextDecoder()
  let body = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BYTES_MAX) throw new ExpositionError(`${url} answers more than ${BYTES_MAX} bytes`)
    body += decoder.decode(chunk, { stream: true })
  }
  return { status: response.status, body: body + decoder.decode() }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ExpositionError) return `/metrics cannot be read: ${error.message}`
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS_MAX / 1_000} s`
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? `no answer (${String(cause.code)})` : error.message
}
