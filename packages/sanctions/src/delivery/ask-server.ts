import type { Dispatcher } from 'undici'
import { SanctionsFault } from '../faults.ts'
import { headerOf, retryAfterMsOf } from './answer-headers.ts'
import { PassingFault, transportFault } from './passing-fault.ts'

/** One request without a body, and where it may lead. */
export interface Asking {
  readonly url: URL
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
  readonly redirectsMax: number
  /** For this hop; credentials are for the origin that the operator configured. */
  headersFor(url: URL): Readonly<Record<string, string>>
  /** Throws SanctionsFault when nothing may be asked of this URL. */
  requireAllowed(url: URL): void
}

/** An answer of status 200 or 304, its body not read yet. */
export interface Answer {
  readonly status: 200 | 304
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: AsyncIterable<Buffer>
  /** Who gave it, for messages. */
  readonly host: string
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const TOO_MANY_REQUESTS = 429
const SERVER_ERROR_MIN = 500

/**
 * Asks, and follows redirects by hand. Bodies of other answers than 200 are never read: closing the dispatcher drops them.
 * Throws SanctionsFault; a PassingFault for what may be gone at the next try.
 */
export async function askServer(asking: Asking): Promise<Answer> {
  let { url } = asking
  for (let redirects = 0; redirects <= asking.redirectsMax; redirects += 1) {
    asking.requireAllowed(url)
    const { statusCode: status, headers, body } = await request(asking, url)
    if (status === 200 || status === 304) return { status, headers, body, host: url.host }
    body.on('error', () => undefined)
    if (status === TOO_MANY_REQUESTS || status >= SERVER_ERROR_MIN)
      throw new PassingFault('ERR_SANCTIONS_DELIVERY_STATUS', `${url.host} answered ${status}`, {
        retryAfterMs: retryAfterMsOf(headers),
      })
    if (!REDIRECTS.has(status))
      throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_STATUS', `${url.host} answered ${status}`)
    url = targetOf(url, headerOf(headers, 'location'))
  }
  throw new SanctionsFault(
    'ERR_SANCTIONS_DELIVERY_REDIRECT',
    `${asking.url.host} leads to more than ${asking.redirectsMax} redirects`,
  )
}

async function request(asking: Asking, url: URL): Promise<Dispatcher.ResponseData> {
  try {
    return await asking.dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: asking.headersFor(url),
      signal: asking.signal,
    })
  } catch (error) {
    throw transportFault(url.host, error)
  }
}

function targetOf(from: URL, location: string | undefined): URL {
  const target = location === undefined ? null : URL.parse(location, from.href)
  if (target === null)
    throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_REDIRECT', `${from.host} redirects without saying where to`)
  return target
}
