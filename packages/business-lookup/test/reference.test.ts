import { describe, expect, test } from 'vitest'
import { checkReferencePattern, createReferenceReader } from '../src/reference.ts'
import { payment } from './lookup-rig.ts'

const PLAIN = '^WD-[0-9]{8}$'
const CUT = '^(?<reference>WD-[0-9]{8})(?:-R[0-9])?$'

const read = (pattern: string, question: Parameters<typeof payment>[0]): string => {
  const found = createReferenceReader({ from: ['reference', 'description', 'transaction_id'], pattern })(
    payment({ id: 'tx', ...question }),
  )
  return 'reference' in found ? found.reference : found.code
}

test('the first source that is not empty is the reference, and no other is looked at', () => {
  expect(read(PLAIN, { reference: 'WD-00000001', description: 'WD-00000002' })).toBe('WD-00000001')
  expect(read(PLAIN, { reference: '', description: 'WD-00000002' })).toBe('WD-00000002')
  expect(read(PLAIN, { reference: null, id: 'WD-00000003', description: '' })).toBe('WD-00000003')
  expect(read(PLAIN, { reference: 'other', id: 'WD-00000002' })).toBe('REF_INVALID')
  const only = createReferenceReader({ from: ['reference', 'description'], pattern: PLAIN })
  expect(only(payment({ reference: null, description: '', id: 'WD-00000003' }))).toMatchObject({ code: 'REF_MISSING' })
})

test('the group cuts the reference out: the id of a speed-up names the same payment', () => {
  expect(read(CUT, { reference: 'WD-00000001' })).toBe('WD-00000001')
  expect(read(CUT, { reference: 'WD-00000001-R2' })).toBe('WD-00000001')
  expect(read(CUT, { reference: 'WD-00000001-R22' })).toBe('REF_INVALID')
  expect(read(CUT, { reference: 'XWD-00000001' })).toBe('REF_INVALID')
})

test('a group that took no part in the match, or nothing of the text, is no reference', () => {
  expect(read('^(?:(?<reference>WD-[0-9])|X)$', { reference: 'X' })).toBe('REF_INVALID')
  expect(read('^(?<reference>(?=X))X$', { reference: 'X' })).toBe('REF_INVALID')
})

test('longer texts and control characters are none, whatever the pattern allows', () => {
  expect(read('^W+$', { reference: 'W'.repeat(256) })).toBe('W'.repeat(256))
  expect(read('^W+$', { reference: 'W'.repeat(257) })).toBe('REF_INVALID')
  expect(read('^[^]+$', { reference: 'WD\u0000' })).toBe('REF_INVALID')
  expect(read('^[^]+$', { reference: 'WD\n' })).toBe('REF_INVALID')
})

describe('a pattern', () => {
  test.each([PLAIN, CUT, '^(WD|INV)-[0-9]+$', '^\\(?(?<reference>[(<]?[0-9]+)$', '^(?<=^)(?!X)[0-9]+$'])(
    '%s can be used',
    (pattern) => {
      expect(checkReferencePattern(pattern)).toEqual([])
    },
  )

  test.each([
    ['^(WD$', 'is no regular expression'],
    ['^(?<ref>WD-[0-9]{8})$', 'has a group named ref'],
    ['^(?<reference>[0-9]*)-X$', 'has a group that can be empty'],
    ['^(?<reference>WD|)-X$', 'has a group that can be empty'],
    ['^(?<reference>[0-9]+)?-X$', 'has a group that can be empty'],
    ['^(?<reference>[0-9]+){0,1}-X$', 'has a group that can be empty'],
    ['^(?<reference>[0-9]+)*-X$', 'has a group that can be empty'],
    ['^(?<reference>a+)(?<rest>b+)$', 'has several named groups'],
    ['^(?:(?<reference>a+)|(?<reference>b+))$', 'has several named groups'],
  ])('%s refuses to load', (pattern, problem) => {
    expect(checkReferencePattern(pattern)).toMatchObject([{ path: ['reference', 'pattern'], problem }])
  })
})
