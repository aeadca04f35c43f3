import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SanctionsFault } from '../../src/faults.ts'
import type { FormatOptions } from '../../src/formats/format.ts'
import { faultOf, readContent, readPieces, valuesOf } from './reading.ts'
import { SAMPLES } from './samples.ts'
import { zipFile } from './zip-file.ts'

/** The values of a list, or undefined where it was refused. Any other error fails the test. */
function tryValues(text: string, options: FormatOptions): string[] | undefined {
  try {
    return valuesOf(readPieces([text], options))
  } catch (error) {
    if (error instanceof SanctionsFault) return undefined
    throw error
  }
}

/** `count` places in a text of this length, or every one. */
function* places(length: number, count: number): Generator<number> {
  const step = Math.max(1, Math.floor(length / count))
  for (let at = 0; at < length; at += step) yield at
}

describe.each(SAMPLES)('$name', ({ options, text, isLines }) => {
  const whole = valuesOf(readPieces([text], options))

  test('holds its four addresses', () => {
    expect(whole).toHaveLength(4)
  })

  test('reads the same wherever the text is cut into pieces', () => {
    for (const at of places(text.length, 100))
      expect(valuesOf(readPieces([text.slice(0, at), text.slice(at)], options))).toEqual(whole)
    expect(valuesOf(readPieces(text, options))).toEqual(whole)
  })

  test('cut at any place it is refused, or whole, or ends with a line', () => {
    let cuts = 0
    let refused = 0
    for (const at of places(text.length, 300)) {
      const values = tryValues(text.slice(0, at), options)
      cuts += 1
      if (values === undefined) refused += 1
      else if (values.length < whole.length) {
        expect(isLines).toBe(true)
        // The last column of the UK list is empty here: its comma is as good as the end of the line.
        expect(text.slice(0, at)).toMatch(/[\n,]$/)
        expect(values).toEqual(whole.slice(0, values.length))
      }
    }
    expect(refused).toBeGreaterThan(cuts * 0.9)
  })

  test('packed and cut at every 1 % it is refused', async () => {
    for (const packed of [gzipSync(text), zipFile([{ name: 'list', content: text }])]) {
      expect(valuesOf(await readContent(packed, options))).toEqual(whole)
      for (let percent = 1; percent < 100; percent += 1) {
        const cut = packed.subarray(0, Math.floor((packed.length * percent) / 100))
        expect(await faultOf(() => readContent(cut, options))).toMatch(/UNREADABLE|MALFORMED/)
      }
    }
  })

  test('with a NUL or in UTF-16 it is refused', async () => {
    expect(await faultOf(() => readContent(`${text}\0`, options))).toMatch(/MALFORMED a NUL/)
    expect(await faultOf(() => readContent(Buffer.from(text, 'utf16le'), options))).toMatch(/MALFORMED/)
  })

  test('with any one character changed, gone or put in, it is refused or loses no address but what was touched', () => {
    const pieces = ['', '<', '>', '&', '"', ',', ';', '#', '\r', '\n', '\0', '{', 'x', '\u200b', '\ud83d\ude00']
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...pieces), fc.boolean(), (at, piece, isInsertion) => {
        const values = tryValues(text.slice(0, at) + piece + text.slice(at + (isInsertion ? 0 : 1)), options)
        if (values === undefined) return
        // A line end that is gone touches both of its lines; a broken word around an address may lose that one.
        const touched = whole.filter((value) =>
          text.slice(Math.max(0, at - value.length), at + value.length + 1).includes(value),
        )
        const lost = whole.filter((value) => !values.includes(value))
        expect(lost.length).toBeLessThanOrEqual(Math.max(1, touched.length))
      }),
      { numRuns: 200 },
    )
  })
})

describe.each(SAMPLES.filter(({ text }) => text.startsWith('<')))('$name', ({ options, text }) => {
  test('entities that grow are refused before they do', async () => {
    const laughs = Array.from(
      { length: 30 },
      (_, level) => `<!ENTITY l${String(level + 1)} "${`&l${String(level)};`.repeat(10)}">`,
    )
    const bomb = text
      .replace(/\?>\n?/, `?><!DOCTYPE a [<!ENTITY l0 "ha">${laughs.join('')}]>`)
      .replace('12QtD5', '&l30;12QtD5')
    expect(await faultOf(() => readPieces([bomb], options))).toMatch(/MALFORMED a document type declaration/)
  })

  test('an entity of a file is refused', async () => {
    const reading = text
      .replace(/\?>\n?/, '?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>')
      .replace('12QtD5', '&f;12QtD5')
    expect(await faultOf(() => readPieces([reading], options))).toMatch(/MALFORMED a document type declaration/)
    expect(await faultOf(() => readPieces([text.replace('12QtD5', '&f;12QtD5')], options))).toMatch(
      /MALFORMED .*entity/,
    )
  })

  test('elements that nest without end are refused', async () => {
    const deep = text.replace('12QtD5', `${'<a>'.repeat(100)}12QtD5`)
    expect(await faultOf(() => readPieces([deep], options))).toMatch(/STRUCTURE (?:elements nest deeper|a inside)/)
  })
})
