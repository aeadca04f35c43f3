import type { IncomingMessage } from 'node:http'

/** `gone`: the sender left, or the wait was given up. */
export type BytesRead = Uint8Array | 'too_large' | 'gone'

/** The body of a request as it came, of at most `bytesMax`. Stops listening, without closing anything, when it is larger or `signal` says so. */
export async function readBytes(req: IncomingMessage, bytesMax: number, signal: AbortSignal): Promise<BytesRead> {
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) return 'too_large'
  const { promise, resolve } = Promise.withResolvers<BytesRead>()
  const chunks: Buffer[] = []
  let length = 0
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    if (length > bytesMax) end('too_large')
    else chunks.push(chunk)
  }
  const onEnd = (): void => {
    end(Uint8Array.from(Buffer.concat(chunks)))
  }
  const onGone = (): void => {
    end('gone')
  }
  const end = (read: BytesRead): void => {
    req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone)
    signal.removeEventListener('abort', onGone)
    // What follows is nobody's until the answer is written; see closeUnreadBodies.
    if (typeof read === 'string') req.pause()
    resolve(read)
  }
  req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
  signal.addEventListener('abort', onGone)
  return promise
}
