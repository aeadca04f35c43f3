import type { Sql, Transaction } from '@callback-quorum/service'

/** One row of list_bytes; the column has the same limit. A statement moves it in well under a second. */
export const CHUNK_BYTES_MAX = 1024 * 1024

/** Which bytes of a version: as delivered, or the rows that one reading (parser version and options) made of them. */
export type Part = { readonly part: 'raw' } | { readonly part: 'rows'; readonly reading: string }

const readingOf = (part: Part): string => (part.part === 'raw' ? '' : part.reading)

/** Appends all bytes as chunks. They are written once: a second time is a violation of the table's key. */
export async function insertBytes(
  tx: Transaction,
  versionId: bigint,
  part: Part,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  let chunkNo = 0
  for await (const chunk of inChunks(bytes)) {
    await tx.query({
      text: 'insert into list_bytes (version_id, part, reading, chunk_no, bytes) values ($1, $2, $3, $4, $5)',
      values: [versionId, part.part, readingOf(part), chunkNo, chunk],
    })
    chunkNo += 1
  }
}

export async function hasBytes(sql: Sql, versionId: bigint, part: Part): Promise<boolean> {
  const found = await sql.query({
    text: 'select from list_bytes where version_id = $1 and part = $2 and reading = $3 and chunk_no = 0',
    values: [versionId, part.part, readingOf(part)],
  })
  return found.length > 0
}

/** One chunk after the other; nothing when there are none. */
export async function* readBytes(sql: Sql, versionId: bigint, part: Part): AsyncGenerator<Buffer> {
  for (let chunkNo = 0; ; chunkNo++) {
    const [row] = await sql.query<{ bytes: Buffer }>({
      text: 'select bytes from list_bytes where version_id = $1 and part = $2 and reading = $3 and chunk_no = $4',
      values: [versionId, part.part, readingOf(part), chunkNo],
    })
    if (row === undefined) return
    yield row.bytes
  }
}

async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    for (let from = 0; from < piece.length;) {
      const taken = piece.subarray(from, from + CHUNK_BYTES_MAX - length)
      pending.push(taken)
      length += taken.length
      from += taken.length
      if (length < CHUNK_BYTES_MAX) continue
      yield Buffer.concat(pending)
      pending = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(pending)
}
