import { describe, expect, test } from 'vitest'
import { AnswerFault } from '../../src/vendors/answers/answer-fault.ts'
import { isAtLeast, readDecimal } from '../../src/vendors/answers/decimal.ts'
import { readNumberTexts } from '../../src/vendors/answers/read-number-texts.ts'

const read = (text: string): unknown => readNumberTexts(Buffer.from(text))

describe('numbers of an answer', () => {
  test('come out as they were sent, whatever a double would make of them', () => {
    expect(read('{"a":7.10,"b":-0.0,"c":[1e-05,12345678901234567890.12345678901234567890],"d":"7.10"}')).toEqual({
      a: '7.10',
      b: '-0.0',
      c: ['1e-05', '12345678901234567890.12345678901234567890'],
      d: '7.10',
    })
  })

  test('in strings stay where they are', () => {
    expect(read(String.raw`{"a 1":"2 \" 3","b":"\\","c":"4"}`)).toEqual({ 'a 1': '2 " 3', b: '\\', c: '4' })
  })

  test.each([
    '{"a":01}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":NaN}',
    '{a:1}',
    "{'a':1}",
    '{"a":1}{',
    '{"a":1,"a":2}',
    '\ufeff{}',
    '',
  ])('%s is refused', (text) => {
    expect(() => read(text)).toThrow(AnswerFault)
  })

  test('nested without end are refused and not followed', () => {
    expect(() => read('['.repeat(500_000))).toThrow(AnswerFault)
    expect(() => read(`${'['.repeat(100)}${']'.repeat(100)}`)).toThrow(AnswerFault)
  })
})

describe('decimals', () => {
  // prettier-ignore
  test.each([
    ['7.5', '7.5', true], ['7.50', '7.5', true], ['7.5', '7.50', true], ['7.49999999999999999999999', '7.5', false], ['75e-1', '7.5', true],
    ['0.75E1', '7.5', true], ['10', '9.99', true], ['9', '10', false], ['0', '0', true], ['0.0', '0.00', true], ['0', '0.1', false], ['1e2', '99', true],
  ])('%s is at least %s: %s', (value, least, expected) => {
    const [a, b] = [readDecimal(value), readDecimal(least)]
    if (a === undefined || b === undefined) throw new Error('not read')
    expect(isAtLeast(a, b)).toBe(expected)
  })

  test.each([
    '',
    '-1',
    '+1',
    '.5',
    '5.',
    '1,000',
    ' 1',
    '1 ',
    '0x1',
    'Infinity',
    '1e',
    '1e999',
    '9'.repeat(31),
    `0.${'9'.repeat(61)}`,
  ])('"%s" is none', (text) => {
    expect(readDecimal(text)).toBeUndefined()
  })
})
