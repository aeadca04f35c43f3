import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { HEAD_BYTES_MAX } from './refresh-log.ts'

/** gzip (RFC 1952) and zip. */
const PACKED: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0x50, 0x4b, 0x03, 0x04],
]

/** The first 4 KiB of a file. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

export const isPacked = (head: Uint8Array): boolean =>
  PACKED.some((magic) => magic.every((byte, position) => head[position] === byte))

/** A delivered file as it is stored: as it came, or packed with gzip when it came unpacked. */
export function packRaw(path: string, isAlreadyPacked: boolean): AsyncIterable<Buffer> {
  const file = createReadStream(path)
  if (isAlreadyPacked) return file
  const packed = createGzip()
  file.on('error', (error) => packed.destroy(error))
  return file.pipe(packed)
}

/** Writes stored bytes to a file of mode 0600, as they were delivered. */
export async function unpackRaw(bytes: AsyncIterable<Buffer>, wasPackedByUs: boolean, path: string): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  if (wasPackedByUs) await pipeline(Readable.from(bytes), createGunzip(), file)
  else await pipeline(Readable.from(bytes), file)
}
