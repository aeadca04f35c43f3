import { SanctionsFault } from '../faults.ts'
import { decimalOf, headerOf } from './answer-headers.ts'
import type { Answer } from './ask-server.ts'
import { PassingFault, transportFault } from './passing-fault.ts'
import { openSpoolFile, type SpoolFile, type Spooled } from './spool-file.ts'

/** A file that was received whole; whoever takes it discards it. */
export interface Received extends Spooled {
  discard(): Promise<void>
}

/**
 * Streams the body of a 200 into a new file of `directory`. Throws SanctionsFault and then leaves nothing behind; a PassingFault when the
 * body broke off.
 */
export async function receiveList(answer: Answer, directory: string, bytesMax: number): Promise<Received> {
  const length = requireMeasured(answer)
  if (length !== undefined && length > bytesMax)
    throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `${answer.host} announces ${length} bytes`)
  const spool = await openSpoolFile(directory, bytesMax)
  try {
    await copyBody(answer, spool)
    const spooled = await spool.end()
    if (length !== undefined && length !== spooled.bytes)
      throw new PassingFault(
        'ERR_SANCTIONS_DELIVERY_TRANSPORT',
        `${answer.host} announced ${length} bytes and sent ${spooled.bytes}`,
      )
    return { ...spooled, discard: () => spool.discard() }
  } catch (error) {
    await spool.discard()
    throw error
  }
}

async function copyBody({ body, host }: Answer, spool: SpoolFile): Promise<void> {
  try {
    for await (const chunk of body) await spool.write(chunk)
  } catch (error) {
    throw transportFault(host, error)
  }
}

/**
 * The length that the server announces, undefined for a chunked body. An encoding that was not asked for is refused: the digest is over
 * what the publisher published. So is a body whose only end is that the connection closes: a cut one looks the same.
 */
function requireMeasured({ headers, host }: Answer): number | undefined {
  const refuse = (what: string): SanctionsFault =>
    new SanctionsFault('ERR_SANCTIONS_DELIVERY_ANSWER', `${host} answers ${what}`)
  const encoding = headerOf(headers, 'content-encoding')
  if (headers['content-encoding'] !== undefined && encoding?.toLowerCase() !== 'identity')
    throw refuse('in a content encoding that was not asked for')
  const length = decimalOf(headers, 'content-length')
  if (length === undefined && headers['transfer-encoding'] === undefined)
    throw refuse('without a length, so that nothing tells a whole list from a cut one')
  return length
}
