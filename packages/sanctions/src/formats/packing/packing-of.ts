/** How a file is packed, by its first bytes and never by its name. */
export type Packing = 'none' | 'gzip' | 'zip' | 'utf-16' | 'other'

/** Enough to know every packing below. */
export const PACKING_BYTES = 6

const ANY = undefined

const SIGNS: readonly (readonly [Packing, readonly (number | undefined)[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // A zip file without an entry.
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['utf-16', [0xff, 0xfe]],
  ['utf-16', [0xfe, 0xff]],
  // bzip2, xz, zstd, 7z
  ['other', [0x42, 0x5a, 0x68, ANY, 0x31, 0x41]],
  ['other', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['other', [0x28, 0xb5, 0x2f, 0xfd]],
  ['other', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
]

export function packingOf(head: Uint8Array): Packing {
  const found = SIGNS.find(([, sign]) => sign.every((byte, position) => byte === ANY || head[position] === byte))
  return found?.[0] ?? 'none'
}
