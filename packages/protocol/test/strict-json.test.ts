import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { NumberText, parseStrictJson, parseWrittenJson, ProtocolFault } from '../src/index.ts'
import { JSON_DEPTH_MAX, JSON_TEXT_LENGTH_MAX } from '../src/strict-json.ts'

function detailOf(read: () => unknown): string | undefined {
  try {
    read()
  } catch (error) {
    if (error instanceof ProtocolFault && error.code === 'ERR_PROTOCOL_JSON') return error.detail
    throw error
  }
  return 'was accepted'
}

/** Wraps an object text so that it stands at each nesting level that a request has. */
const LEVELS: readonly [name: string, wrap: (object: string) => string][] = [
  ['at the top', (object) => object],
  ['inside a member', (object) => `{"a":${object}}`],
  ['inside an array', (object) => `[1,${object}]`],
  ['deep inside both', (object) => `{"a":[{"b":[[${object}]]}]}`],
]

describe.each(LEVELS)('strict JSON %s', (_level, wrap) => {
  it.each([
    ['a repeated member', '{"a":1,"a":1}', 'member repeated'],
    ['a repeated member spelled with an escape', '{"amount":1,"\\u0061mount":2}', 'member repeated'],
    ['a case variant', '{"amount":1,"Amount":2}', 'member repeated'],
    ['an escaped case variant', '{"amount":1,"\\u0041MOUNT":2}', 'member repeated'],
    ['a long s beside an s, which Go folds together', '{"status":1,"\u017ftatus":2}', 'member repeated'],
    ['a Kelvin sign beside a k', '{"key":1,"\u212aey":2}', 'member repeated'],
    ['__proto__', '{"__proto__":{}}', 'member __proto__'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}', 'member __proto__'],
    ['an escaped lone surrogate', '{"a":"\\ud800"}', 'lone surrogate'],
    ['surrogates in the wrong order', '{"a":"\\udc00\\ud800"}', 'lone surrogate'],
    ['a lone surrogate as a name', '{"\\udfff":1}', 'lone surrogate'],
    ['an integer beyond 2^53', '{"a":9007199254740993}', 'number that loses digits'],
    ['a fraction with too many digits', '{"a":0.1000000000000000055511151231257827}', 'number that loses digits'],
    ['a number too large', '{"a":1e400}', 'number that loses digits'],
    ['a number too small', '{"a":1e-400}', 'number that loses digits'],
    ['a number text without end', `{"a":1${'0'.repeat(600)}}`, 'number that loses digits'],
  ])('refuses %s', (_what, object, why) => {
    expect(detailOf(() => parseStrictJson(wrap(object)))).toMatch(new RegExp(`^${why} at offset \\d+$`))
  })
})

describe('strict JSON', () => {
  it.each([
    '',
    ' ',
    '{',
    '[',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    'NaN',
    'Infinity',
    'tru',
    'nul',
    '-',
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12"',
    '{"a" 1}',
    '{"a":}',
    '[1 2]',
    '{"a":1}{}',
    '1 2',
    'null,',
    '\ufeff{}',
    '/**/1',
    '\u00a01',
    '"\\',
  ])('refuses %j, as JSON.parse does', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow()
    expect(detailOf(() => parseStrictJson(text))).toMatch(/at offset \d+$/)
  })

  it.each([
    ['a broken UTF-8 sequence', [0x22, 0xc3, 0x28, 0x22]],
    ['an overlong encoding', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate encoded in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('refuses %s', (_what, bytes) => {
    expect(detailOf(() => parseStrictJson(Uint8Array.from(bytes)))).toBe('not UTF-8')
  })

  it('refuses a byte order mark instead of dropping it', () => {
    expect(detailOf(() => parseStrictJson(Uint8Array.from([0xef, 0xbb, 0xbf, 0x31])))).toBe(
      'value expected at offset 0',
    )
  })

  it('refuses a lone surrogate that stands in the text itself', () => {
    expect(detailOf(() => parseStrictJson('"\ud800"'))).toBe('lone surrogate at offset 3')
  })

  it('names the offset of what it refuses', () => {
    expect(detailOf(() => parseStrictJson('{"a":1} x'))).toBe('text after the value at offset 8')
  })

  it('accepts the deepest nesting and refuses one more, in objects and in arrays', () => {
    const arrays = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
    for (const nest of [arrays, objects]) {
      expect(parseStrictJson(nest(JSON_DEPTH_MAX))).toEqual(JSON.parse(nest(JSON_DEPTH_MAX)))
      expect(detailOf(() => parseStrictJson(nest(JSON_DEPTH_MAX + 1)))).toMatch(/^nested too deep/)
    }
  })

  it('counts depth, not the number of values', () => {
    const many = `[${Array.from({ length: 1_000 }, () => '[{}]').join(',')}]`
    expect(parseStrictJson(many)).toHaveLength(1_000)
  })

  it('accepts the longest text and refuses one character more', () => {
    const longest = `"${'a'.repeat(JSON_TEXT_LENGTH_MAX - 2)}"`
    expect(parseStrictJson(longest)).toHaveLength(JSON_TEXT_LENGTH_MAX - 2)
    expect(detailOf(() => parseStrictJson(`${longest} `))).toBe('text too long')
    expect(detailOf(() => parseStrictJson(new TextEncoder().encode(`${longest} `)))).toBe('text too long')
  })

  it.each([
    '0.00870000',
    '100',
    '1E2',
    '1e+2',
    '-0',
    '0e5',
    '1.50',
    '9007199254740992',
    '1e23',
    '0.1',
    '5e-324',
    '1.7976931348623157e308',
  ])('accepts %s, which a double holds', (text) => {
    expect(parseStrictJson(text)).toBe(Number(text))
  })

  it('keeps names that objects are born with as ordinary members', () => {
    const object = parseStrictJson('{"constructor":1,"toString":2,"hasOwnProperty":3}')
    expect(Object.entries(object as object)).toEqual([
      ['constructor', 1],
      ['toString', 2],
      ['hasOwnProperty', 3],
    ])
  })

  it('reads back whatever JSON.stringify wrote, unless names differ only in case', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!hasCaseVariants(value))
        expect(parseStrictJson(text)).toEqual(JSON.parse(text))
        expect(parseStrictJson(new TextEncoder().encode(text))).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('never accepts what JSON.parse refuses, and never reads it differently', () => {
    const tokens = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"A"',
      '"b"',
      '1',
      '-0.5',
      '1e3',
      '01',
      'true',
      'null',
      ' ',
      '\n',
      '"\\u0061"',
      '"\\',
      '"',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let strict: unknown
        try {
          strict = parseStrictJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolFault)
          return
        }
        expect(strict).toEqual(JSON.parse(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it('reads every finite double from its shortest text, and refuses that text with digits added far behind', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = JSON.stringify(value)
        expect(parseStrictJson(text)).toBe(JSON.parse(text))
        fc.pre(value !== 0)
        const [mantissa = '', power = ''] = value.toExponential(16).split('e')
        expect(detailOf(() => parseStrictJson(`${mantissa}000000001e${power}`))).toMatch(/loses digits/)
      }),
    )
  })

  it('reads an integer exactly when its digits come back out of a double', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 69n), max: 2n ** 69n }), (integer) => {
        const text = integer.toString()
        const accepted = detailOf(() => parseStrictJson(text)) === 'was accepted'
        expect(accepted).toBe(String(Number(text)) === text)
      }),
      { numRuns: 1_000, examples: [[2n ** 53n], [2n ** 53n + 1n], [-(2n ** 53n) - 1n], [2n ** 60n]] },
    )
  })
})

function hasCaseVariants(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasCaseVariants)
  if (typeof value !== 'object' || value === null) return false
  const names = Object.keys(value)
  const folded = new Set(names.map((name) => name.toLowerCase().toUpperCase().toLowerCase()))
  return folded.size < names.length || names.includes('__proto__') || Object.values(value).some(hasCaseVariants)
}

test('numbers stay what was written, of any size, where somebody else wrote the record', () => {
  const read = parseWrittenJson('{"id":9007199254740993,"amount":1e2,"list":[0.10]}')
  expect(read).toEqual({
    id: new NumberText('9007199254740993'),
    amount: new NumberText('1e2'),
    list: [new NumberText('0.10')],
  })
  for (const text of ['{"a":1,"A":2}', '{"a":01}', '[1', '{"__proto__":1}', '{"a":NaN}'])
    expect(() => parseWrittenJson(text)).toThrow(ProtocolFault)
})
