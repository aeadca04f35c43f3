import type { Dispatcher } from 'undici'
import { HttpFault } from './http-fault.ts'

/** 408 and 429: the server asks for another time and says nothing about the question. */
const ANOTHER_TIME: ReadonlySet<number> = new Set([408, 429])
const SERVER_ERROR_MIN = 500
const REFUSALS: ReadonlySet<number> = new Set([401, 403])

/** What an answer is that is neither a record nor "no such payment". A redirect is one of them: another host would judge. */
export function statusFault(
  { statusCode: status, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  refusals: ReadonlySet<number> = REFUSALS,
): HttpFault {
  const message = `answered ${status}`
  if (refusals.has(status)) return new HttpFault(message, { kind: 'auth', code: 'CONNECTOR_AUTH', status })
  if (ANOTHER_TIME.has(status) || status >= SERVER_ERROR_MIN)
    return new HttpFault(message, {
      kind: 'http_status',
      code: 'CONNECTOR_UNAVAILABLE',
      status,
      // Who says when he wants to be asked again is not asked before; the platform's own retry comes later than any pause here.
      mayPass: headers['retry-after'] === undefined,
    })
  return new HttpFault(message, { kind: 'http_status', code: 'CONNECTOR_BAD_RESPONSE', status })
}
