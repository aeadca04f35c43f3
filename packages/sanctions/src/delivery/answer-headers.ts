import type { Dispatcher } from 'undici'
import type { Validators } from './delivery.ts'

export type AnswerHeaders = Dispatcher.ResponseData['headers']

/** RFC 9110 section 8.8.3, and no longer than what servers make of a digest. */
const ETAG = /^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/
/** RFC 9110 section 8.8.2.2: a time of change is no proof while the second, here the minute, of the change is not over. */
const LAST_MODIFIED_SETTLED_MS = 60_000
const DECIMAL = /^[0-9]{1,15}$/

/** A header that stands there once; twice it says nothing. */
export const headerOf = (headers: AnswerHeaders, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** A header that is a whole number; undefined when it is absent or another text. */
export const decimalOf = (headers: AnswerHeaders, name: string): number | undefined => {
  const text = headerOf(headers, name)
  return text !== undefined && DECIMAL.test(text) ? Number(text) : undefined
}

/** What can be asked with next time. A header that is not what it should be is left out: then the list is fetched again. */
export function validatorsOf(headers: AnswerHeaders): Validators {
  const etag = headerOf(headers, 'etag')
  const lastModified = headerOf(headers, 'last-modified')
  const settledMs = dateOf(headers, 'date') - dateOf(headers, 'last-modified')
  return {
    ...(etag !== undefined && ETAG.test(etag) && { etag }),
    ...(lastModified !== undefined && settledMs >= LAST_MODIFIED_SETTLED_MS && { lastModified }),
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date, which is read by the server's own clock. 0 when there is neither. */
export function retryAfterMsOf(headers: AnswerHeaders): number {
  const seconds = decimalOf(headers, 'retry-after')
  if (seconds !== undefined) return seconds * 1_000
  const ms = dateOf(headers, 'retry-after') - dateOf(headers, 'date')
  return ms > 0 ? ms : 0
}

/** NaN when absent or no date: every comparison with it is false. */
const dateOf = (headers: AnswerHeaders, name: string): number => Date.parse(headerOf(headers, name) ?? '')
