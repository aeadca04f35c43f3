import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'
import { expect, test } from 'vitest'
import { renderTable, wrap } from '../src/table.ts'

const COLUMNS = [{ title: 'NAME' }, { title: 'SAYS' }, { title: 'MS', align: 'right' }] as const
const cells = (...texts: readonly string[]) => ({ cells: texts.map((text) => ({ text })) })

test('pads every column to its widest cell and leaves no blanks at the end of a line', () => {
  expect(renderTable(COLUMNS, [cells('limits', 'no', '7'), cells('x', 'approved', '1200')], { width: 80 })).toBe(
    ['NAME    SAYS        MS', 'limits  no           7', 'x       approved  1200', ''].join('\n'),
  )
})

test('a last column on the left is not padded', () => {
  expect(renderTable([{ title: 'A' }, { title: 'B' }], [cells('1', 'long'), cells('2', '')], { width: 80 })).toBe(
    'A  B\n1  long\n2\n',
  )
})

test('colour changes no width', () => {
  const { red, dim } = pc.createColors(true)
  const plain = renderTable(COLUMNS, [cells('limits', 'REJECT', '7'), cells('y', 'approved', '8')], { width: 80 })
  const painted = renderTable(
    COLUMNS,
    [{ cells: [{ text: 'limits' }, { text: 'REJECT', paint: red }, { text: '7' }] }, cells('y', 'approved', '8')],
    { width: 80, paintTitle: dim },
  )
  expect(painted).toContain('\u001b[31mREJECT\u001b[39m')
  expect(stripVTControlCharacters(painted)).toBe(plain)
})

test('notes stand below their row, wrapped to the page', () => {
  const note = { text: 'limits: LIMIT_TX: 60000 USDT is over the limit of 25000 USDT' }
  const lines = renderTable([{ title: 'A' }], [{ cells: [{ text: 'a' }], notes: [note] }], { width: 40 }).split('\n')
  expect(lines).toEqual(['A', 'a', '    limits: LIMIT_TX: 60000 USDT is over', '    the limit of 25000 USDT', ''])
  expect(lines.every((line) => line.length <= 40)).toBe(true)
})

test('a word longer than the line is kept whole', () => {
  expect(wrap('to 0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd now', 20)).toEqual([
    'to',
    '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
    'now',
  ])
})

test('what others wrote stays in its cell: nothing in it moves the cursor, ends the line or turns it around', () => {
  const rows = [
    { cells: [{ text: 'tag\u001b[1A\u001b[2KAPPROVE\nequal' }, { text: '\u202e21' }], notes: [{ text: 'a\u0007b' }] },
  ]
  expect(renderTable([{ title: 'FIELD' }, { title: 'SAID' }], rows, { width: 100 })).toBe(
    [`${'FIELD'.padEnd(38)}  SAID`, 'tag\\u{1b}[1A\\u{1b}[2KAPPROVE\\u{a}equal  \\u{202e}21', '    a\\u{7}b', ''].join(
      '\n',
    ),
  )
})
