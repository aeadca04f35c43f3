import { parseWrittenJson, ProtocolFault, type WrittenJson } from '@callback-quorum/protocol'
import type { Dispatcher } from 'undici'
import { transportFault } from './guarded-server.ts'
import { malformed } from './http-fault.ts'

/** RFC 6839 section 3.1 beside RFC 8259: a suffix says that the body is JSON whatever else it is. */
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json[ \t]*(?:;|$)/i
/** What another answer than a record says is not read; up to so much is passed over so that its connection can be used again. */
const PASSED_OVER_BYTES_MAX = 16 * 1024

/**
 * Reads a body of JSON, at most `bytesMax` of it. A content encoding is refused: none was asked for, a record is small, and unpacking
 * would put a second reader, with limits of its own, in front of the signature and of the digest. Throws HttpFault and the reason of `signal`.
 */
export async function readBody(
  { headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const refused = whyRefused(headers, bytesMax)
  if (refused !== undefined) {
    body.on('error', () => undefined).destroy()
    throw malformed(refused)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      // Leaving the loop destroys the body: no more of it is received.
      if (bytes > bytesMax) throw malformed(`answered more than ${bytesMax} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw transportFault(error)
  }
  return Buffer.concat(chunks)
}

function whyRefused(headers: Dispatcher.ResponseData['headers'], bytesMax: number): string | undefined {
  const { 'content-encoding': encoding, 'content-type': type, 'content-length': length } = headers
  if (encoding !== undefined) return 'answered in a content encoding that was not asked for'
  if (typeof type !== 'string' || !JSON_TYPE.test(type)) return 'answered something else than JSON'
  if (typeof length === 'string' && Number(length) > bytesMax) return `announced more than ${bytesMax} bytes`
  return undefined
}

/** Strict: every number as it was written, no member twice. Throws HttpFault. */
export function parseBody(bytes: Uint8Array): WrittenJson {
  try {
    return parseWrittenJson(bytes)
  } catch (cause) {
    if (cause instanceof ProtocolFault) throw malformed('answered JSON that is not strict', { cause })
    throw cause
  }
}

/** Gets the connection free of a body that nobody reads; one that is long or slow costs the connection instead. */
export async function passOver({ body }: Pick<Dispatcher.ResponseData, 'body'>, signal: AbortSignal): Promise<void> {
  await body.dump({ limit: PASSED_OVER_BYTES_MAX, signal }).catch(() => undefined)
}
