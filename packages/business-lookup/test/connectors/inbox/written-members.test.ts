import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writtenElements, writtenMembers } from '../../../src/connectors/inbox/written-members.ts'

/** JSON with spaces where they may stand. */
const spaced = fc.tuple(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1, '\t'))

test('members and elements are cut out exactly as they were written', () => {
  const data = '{"a" : [1.10, "}\\"]", 9007199254740993 ] , "\\u0061b":{ } }'
  expect([...writtenMembers(` {"version":3 ,"data": ${data} } `)]).toEqual([
    ['version', '3'],
    ['data', data],
  ])
  expect([...writtenMembers(data)]).toEqual([
    ['a', '[1.10, "}\\"]", 9007199254740993 ]'],
    ['ab', '{ }'],
  ])
  expect(writtenElements(`[ 1.0 ,null,"\\\\", ${data}]`)).toEqual(['1.0', 'null', '"\\\\"', data])
  expect([...writtenMembers('{}'), ...writtenElements('[ ]')]).toEqual([])
})

test('what is cut out reads as the same value, for any JSON', () => {
  fc.assert(
    fc.property(fc.array(spaced), (values) => {
      const texts = values.map(([value, indent]) => JSON.stringify(value, undefined, indent))
      expect(writtenElements(`[${texts.join(' , ')}]`)).toEqual(texts)
      const members = texts.map((text, index) => `"\\"${index}" :\n${text}`)
      expect([...writtenMembers(`{ ${members.join(',')} }`).values()]).toEqual(texts)
    }),
  )
})

test.each(['{"a":1', '{"a":"', '{"a":[', '{', '', 'x'])(
  'text that is no object ends with an error and not never: %s',
  (text) => {
    expect(() => writtenMembers(text)).toThrow()
  },
)
