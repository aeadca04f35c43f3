import type { IncomingMessage } from 'node:http'
import type { HttpLimits } from '@callback-quorum/service'
import { InboxRefusal } from './inbox-refusal.ts'

/** Reads a body within its limits, byte for byte. Throws InboxRefusal 413, 415 or 400; the rest of the body is then unread. */
export async function readBody(req: IncomingMessage, { bodyBytesMax, bodyReadMs }: HttpLimits): Promise<Buffer> {
  const encoding = req.headers['content-encoding']
  // Inflating would let a small body become a large one.
  if (encoding !== undefined && encoding !== 'identity')
    throw new InboxRefusal(415, 'the body: expected it uncompressed', { field: 'content-encoding' })
  const tooLarge = (): InboxRefusal => new InboxRefusal(413, `the body: expected at most ${bodyBytesMax} bytes`)
  if (Number(req.headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge()
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let length = 0
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    chunks.push(chunk)
    if (length > bodyBytesMax) reject(tooLarge())
  }
  const onEnd = (): void => resolve(Buffer.concat(chunks))
  const onClose = (): void => reject(new InboxRefusal(400, 'the body: it ended early'))
  const timer = setTimeout(() => {
    reject(new InboxRefusal(400, `the body: expected it within ${bodyReadMs} ms`))
  }, bodyReadMs)
  req.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    req.off('data', onData).off('end', onEnd).off('close', onClose).pause()
  }
}
