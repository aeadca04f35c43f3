import { errnoOf } from '@callback-quorum/service'
import type { Dispatcher } from 'undici'
import type { Exchange } from './vendor.ts'

/** No vendor's answer about one address is near this; what is larger is not an answer. */
const ANSWER_BYTES_MAX = 1024 * 1024
const TOO_MANY_REQUESTS = 429
const SERVER_ERROR_MIN = 500
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i

/** No usable answer came. The message is made here and holds nothing that was sent or received. */
export class VendorFault extends Error {
  override readonly name = 'VendorFault'
  /** The next try may go better. */
  readonly mayPass: boolean

  constructor(message: string, mayPass: boolean, options?: ErrorOptions) {
    super(message, options)
    this.mayPass = mayPass
  }
}

export interface VendorHttpAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/**
 * Asks once, with a deadline of its own under the caller's. Redirects are not followed: another host would judge, with our key in its
 * hands. Throws VendorFault; when `signal` fired, its reason.
 */
export async function askVendor(
  dispatcher: Dispatcher,
  { method, path, headers, body, statuses }: Exchange,
  origin: string,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<VendorHttpAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await dispatcher.request({
      origin,
      path,
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'callback-quorum',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([signal, timeout]),
    })
    return await readResponse(response, statuses)
  } catch (error) {
    if (error instanceof VendorFault) throw error
    signal.throwIfAborted()
    if (timeout.aborted) throw new VendorFault(`no answer within ${timeoutMs} ms`, true, { cause: error })
    throw new VendorFault(`could not be reached (${errnoOf(error)})`, true, { cause: error })
  }
}

async function readResponse(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  statuses: readonly number[],
): Promise<VendorHttpAnswer> {
  const type = headers['content-type']
  if (!statuses.includes(status) || typeof type !== 'string' || !JSON_TYPE.test(type)) {
    // What else would come on this connection is not read.
    body.on('error', () => undefined).destroy()
    if (!statuses.includes(status))
      throw new VendorFault(`answered ${status}`, status === TOO_MANY_REQUESTS || status >= SERVER_ERROR_MIN)
    throw new VendorFault('answered something else than JSON', false)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new VendorFault(`answered more than ${ANSWER_BYTES_MAX} bytes`, false)
    chunks.push(chunk)
  }
  return { status, body: Buffer.concat(chunks) }
}
