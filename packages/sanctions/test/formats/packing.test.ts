import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { BTC, ETH, faultOf, readContent, valuesOf } from './reading.ts'
import { zipFile } from './zip-file.ts'

const TEXT = `${BTC}\n${ETH}\n`
const PLAIN = { format: 'plain' } as const
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const one = (changes: object = {}): Buffer => zipFile([{ name: 'LIST.TXT', content: TEXT, ...changes }])

describe('a list is known by its first bytes, not by its name', () => {
  test.each([
    ['not packed', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['gzip of two members', Buffer.concat([gzipSync(`${BTC}\n`), gzipSync(`${ETH}\n`)])],
    ['zip, deflated', one()],
    ['zip, stored', one({ method: 0 })],
    ['with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
  ])('%s', async (_, bytes) => {
    const list = await readContent(bytes, PLAIN)
    expect(valuesOf(list)).toEqual([BTC, ETH])
    expect(list.sha256).toBe(sha256(bytes))
  })
})

describe('a packing that cannot be trusted is refused whole', () => {
  const good = one()
  const cases: readonly (readonly [defect: string, bytes: Uint8Array, fault: RegExp])[] = [
    [
      'two files',
      zipFile([
        { name: 'a', content: TEXT },
        { name: 'b', content: TEXT },
      ]),
      /UNREADABLE zip: 2 entries/,
    ],
    ['no file', zipFile([]), /UNREADABLE zip: 0 entries/],
    ['a folder', one({ name: 'lists/', content: '' }), /UNREADABLE zip: .*folder/],
    ['a path', one({ name: 'lists/LIST.TXT' }), /UNREADABLE zip: .*path/],
    ['a path upwards', one({ name: '../LIST.TXT' }), /UNREADABLE zip: .*(?:relative|path)/],
    ['a Windows path', one({ name: 'C:\\LIST.TXT' }), /UNREADABLE zip: /],
    ['encryption', one({ flags: 1 }), /UNREADABLE zip: .*encrypted/],
    ['another method', one({ method: 12 }), /UNREADABLE zip: .*method 12/],
    ['another checksum', one({ checksum: 1 }), /UNREADABLE zip: .*checksum/],
    ['a smaller size than declared', one({ size: TEXT.length + 1 }), /UNREADABLE zip: /],
    ['a larger size than declared', one({ size: TEXT.length - 1 }), /UNREADABLE zip: /],
    ['zip, cut', good.subarray(0, good.length - 10), /UNREADABLE zip: /],
    ['zip, bytes changed', Buffer.concat([good.subarray(0, 45), Buffer.from('x'), good.subarray(46)]), /UNREADABLE/],
    ['gzip, cut', gzipSync(TEXT).subarray(0, -5), /UNREADABLE .*unexpected end/],
    ['gzip, zeros after it', Buffer.concat([gzipSync(TEXT), Buffer.alloc(64)]), /UNREADABLE gzip: bytes after/],
    ['gzip, text after it', Buffer.concat([gzipSync(TEXT), Buffer.from(TEXT)]), /UNREADABLE/],
    ['gzip in gzip', gzipSync(gzipSync(TEXT)), /UNREADABLE packed twice/],
    ['zip in gzip', gzipSync(good), /UNREADABLE packed twice/],
    ['gzip in zip', zipFile([{ name: 'a', content: gzipSync(TEXT) }]), /UNREADABLE packed twice/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /UNREADABLE packed in a way/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1]), /UNREADABLE packed in a way/],
    ['UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), /MALFORMED the text is UTF-16/],
    ['UTF-16, packed', gzipSync(Buffer.from(`\ufeff${TEXT}`, 'utf16le')), /MALFORMED the text is UTF-16/],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le'), /MALFORMED a NUL character/],
    ['a NUL in the text', Buffer.from(`${BTC}\0\n`), /MALFORMED a NUL character/],
    ['Latin-1', Buffer.from(`${BTC} # Jos\u00e9\n`, 'latin1'), /MALFORMED .*UTF-8/],
    ['a character that is cut at the end', Buffer.from(`${BTC}\n# \u20ac`).subarray(0, -1), /MALFORMED .*UTF-8/],
    ['nothing at all', Buffer.alloc(0), /STRUCTURE nothing in the list/],
  ]
  test.each(cases)('%s', async (_, bytes, fault) => {
    expect(await faultOf(() => readContent(bytes, PLAIN))).toMatch(fault)
  })

  test('an address that begins like a packing is an address all the same', async () => {
    const address = 'BZh2tnhNSGDNVhDnRkRDWbZdcFx1GjXrWd'
    expect(valuesOf(await readContent(`${address}\n`, PLAIN))).toEqual([address])
  })
})

describe('a bomb is stopped', () => {
  const zeros = Buffer.from('# 0\n'.repeat(1_000_000))

  test.each([
    ['gzip', gzipSync(zeros)],
    ['zip', zipFile([{ name: 'a', content: zeros }])],
  ])('%s that unpacks to more than 100 times its size', async (_, bytes) => {
    expect(await faultOf(() => readContent(bytes, PLAIN))).toMatch(/TOO_LARGE unpacks to more than 100 times/)
  })

  test('a small text that packs as well is no bomb', async () => {
    const text = `${'# 0\n'.repeat(100_000)}${BTC}\n`
    expect(valuesOf(await readContent(gzipSync(text), PLAIN))).toEqual([BTC])
  })

  test('more bytes than the cap, but not exactly as many', async () => {
    await expect(readContent(TEXT, PLAIN, TEXT.length)).resolves.toMatchObject({ sha256: sha256(TEXT) })
    expect(await faultOf(() => readContent(one(), PLAIN, TEXT.length - 1))).toMatch(/TOO_LARGE/)
  })
})
