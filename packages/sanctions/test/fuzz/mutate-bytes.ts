import { gzipSync } from 'node:zlib'
import { zipFile } from '../formats/zip-file.ts'
import type { Random } from './random.ts'

const BOMB = gzipSync(Buffer.alloc(4 * 1024 * 1024))

type Packer = (text: string, random: Random) => Uint8Array

const utf8 = (text: string): Buffer => Buffer.from(text)
const cut = (bytes: Uint8Array, random: Random): Uint8Array => bytes.subarray(0, random.below(bytes.length + 1))

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const flipped = Uint8Array.from(bytes)
  for (let left = random.between(1, 3); left > 0; left -= 1) {
    const at = random.below(flipped.length + 1)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8))
  }
  return flipped
}

/** A letter of one byte in two or three, as no encoder writes it: readers that take it see other text than those that do not. */
function overlong(text: string, random: Random): Uint8Array {
  const bytes = utf8(text)
  const at = random.below(bytes.length + 1)
  const byte = bytes[at] ?? 0x41
  const written = random.oneIn(2)
    ? [0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]
    : [0xe0, 0x80 | (byte >> 6), 0x80 | (byte & 0x3f)]
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(written), bytes.subarray(at + 1)])
}

const utf16 = (text: string, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le')
  return isBigEndian ? bytes.swap16() : bytes
}

/** Ways that leave the text as it is. */
const FAITHFUL: readonly Packer[] = [
  (text) => utf8(`\ufeff${text}`),
  (text) => gzipSync(text),
  (text) => gzipSync(`\ufeff${text}`),
  (text, random) => {
    const at = random.below(text.length + 1)
    return Buffer.concat([gzipSync(utf8(text.slice(0, at))), gzipSync(utf8(text.slice(at)))])
  },
  (text) => zipFile([{ name: 'list.xml', content: text }]),
  (text) => zipFile([{ name: 'list.csv', content: text, method: 0 }]),
]

/** Ways that a reader must refuse, or see through. */
const BROKEN: readonly Packer[] = [
  (text, random) => flip(utf8(text), random),
  (text, random) => cut(utf8(text), random),
  overlong,
  (text) => Buffer.from(text, 'latin1'),
  (text, random) => utf16(text, random.oneIn(2)),
  (text, random) => utf16(`\ufeff${text}`, random.oneIn(2)),
  (text, random) => flip(gzipSync(text), random),
  (text, random) => cut(gzipSync(text), random),
  (text, random) => Buffer.concat([gzipSync(text), random.bytes(random.between(1, 40))]),
  (text) => Buffer.concat([gzipSync(text), Buffer.alloc(16)]),
  (text) => gzipSync(gzipSync(text)),
  (text) => gzipSync(utf16(`\ufeff${text}`, false)),
  (text, random) => flip(zipFile([{ name: 'list', content: text, method: random.pick([0, 8]) }]), random),
  (text, random) => cut(zipFile([{ name: 'list', content: text }]), random),
  (text) => zipFile([{ name: '../list', content: text }]),
  (text) =>
    zipFile([
      { name: 'a', content: text },
      { name: 'b', content: text },
    ]),
  (text) => zipFile([{ name: 'list', content: text, flags: 1 }]),
  (text, random) => zipFile([{ name: 'list', content: text, size: random.pick([0, 1, text.length + 1, 0xffffffff]) }]),
  (text) => zipFile([{ name: 'list', content: gzipSync(text) }]),
  (_, random) => random.bytes(random.below(200)),
  () => BOMB,
  () => zipFile([]),
  () => new Uint8Array(),
]

/** The bytes of a file with that text, and the text that a faithful reader sees in them. */
export function packText(text: string, random: Random): { readonly bytes: Uint8Array; readonly seen: string } {
  if (!random.oneIn(3)) return { bytes: utf8(text), seen: text }
  if (random.oneIn(2)) return { bytes: random.pick(FAITHFUL)(text, random), seen: text }
  const bytes = random.pick(BROKEN)(text, random)
  // Checksums stand over what is packed: whoever still reads it reads the same. Anything else is what its bytes say.
  const isPacked = bytes[0] === 0x1f || bytes[0] === 0x50
  return { bytes, seen: isPacked ? text : new TextDecoder().decode(bytes) }
}
