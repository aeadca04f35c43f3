import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SanctionsFault } from '../../faults.ts'
import { malformed } from '../faults.ts'
import { PACKING_BYTES, packingOf } from './packing-of.ts'
import { unzipSingle } from './unzip-single.ts'

const unreadable = (why: string): SanctionsFault => new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', why)

/**
 * Gives the bytes of a list without its packing: gzip, zip with one file, or none, known by the first bytes. Throws SanctionsFault; an
 * error of the decompressor is passed on as it is.
 */
export async function* unpackList(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, all } = await peek(chunks)
  const packing = packingOf(head)
  switch (packing) {
    case 'gzip':
      yield* refusePackedTwice(gunzip(all))
      return
    case 'zip':
      yield* refusePackedTwice(unzipSingle(all))
      return
    case 'other':
      throw unreadable('packed in a way that is not read; expected gzip, zip or nothing')
    case 'utf-16':
      throw malformed('the text is UTF-16; expected UTF-8')
    case 'none':
      yield* all
      return
    default:
      packing satisfies never
      throw unreadable('packed in an unknown way')
  }
}

async function peek(chunks: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < PACKING_BYTES) {
    const next = await iterator.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  }
  return { head, all: all() }
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unzip = createGunzip()
  let bytes = 0
  pipeline(
    packed,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length
        yield chunk
      }
    },
    unzip,
    () => {
      // An error destroys `unzip`, and the loop below throws it.
    },
  )
  yield* unzip as AsyncIterable<Buffer>
  // zlib takes a zero byte after a member for padding and ends there, whatever follows.
  if (unzip.bytesWritten !== bytes) throw unreadable('gzip: bytes after the end of the packed content')
}

async function* refusePackedTwice(unpacked: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, all } = await peek(unpacked)
  const packing = packingOf(head)
  if (packing === 'utf-16') throw malformed('the text is UTF-16; expected UTF-8')
  if (packing !== 'none') throw unreadable('packed twice')
  yield* all
}
