import { describe, expect, test } from 'vitest'
import { parseExposition } from '../src/status/parse-exposition.ts'
import { increases, quantileOf, seriesOf } from '../src/status/series.ts'

const one = (line: string) => parseExposition(`${line}\n`).samples[0]

describe('an exposition', () => {
  test.each([
    ['a 1', { name: 'a', labels: {}, value: 1 }],
    ['a{} 1', { name: 'a', labels: {}, value: 1 }],
    ['a{b="c",d="e"} 1.5e3', { name: 'a', labels: { b: 'c', d: 'e' }, value: 1_500 }],
    ['a{b="c",} -2', { name: 'a', labels: { b: 'c' }, value: -2 }],
    ['a{b="x\\"y\\\\z\\n # {"} +Inf', { name: 'a', labels: { b: 'x"y\\z\n # {' }, value: Infinity }],
    ['a:b_total 3 1700000000000', { name: 'a:b_total', labels: {}, value: 3 }],
    ['a_bucket{le="0.1"} 3 # {trace_id="ab"} 0.05 1700000000.5', { name: 'a_bucket', labels: { le: '0.1' }, value: 3 }],
    ['a NaN', { name: 'a', labels: {}, value: NaN }],
    ['a Nan', { name: 'a', labels: {}, value: NaN }],
    ['a -Inf', { name: 'a', labels: {}, value: -Infinity }],
  ])('%s', (line, sample) => {
    expect(one(line)).toEqual(sample)
  })

  test('tells what is declared, also without a series, and ends with # EOF', () => {
    const text = '# HELP a_total what it is\n# TYPE a_total counter\n# UNIT b_seconds seconds\nc 1\n# EOF\n'
    expect(parseExposition(text)).toEqual({
      samples: [{ name: 'c', labels: {}, value: 1 }],
      declared: new Set(['a_total', 'b_seconds']),
    })
  })

  test.each([
    ['<html>', 'begins with no name of a metric'],
    ['# hello', 'is a comment that says nothing known'],
    ['a', 'has no value behind its name'],
    ['a one', 'has a value that is no number'],
    ['a 0x10', 'has a value that is no number'],
    ['a  1', 'has no value behind its name'],
    ['a 1 yesterday', 'has no value behind its name'],
    ['a{b="c" 1', 'has labels that do not end'],
    ['a{b="c', 'has a label whose value does not end'],
    ['a{b=c} 1', 'has no value of the label b'],
    ['a{b="c",b="d"} 1', 'has the label b twice'],
    ['a{="c"} 1', 'has a label without a name'],
    ['a{b="\\t"} 1', 'has an escape that is unknown'],
    ['a{b="c"}1', 'has no value behind its name'],
  ])('with %s is refused', (line, problem) => {
    expect(() => parseExposition(`a 1\n${line}\n`)).toThrow(
      expect.objectContaining({ message: `line 2: ${problem}`, code: 'ERR_CLI_EXPOSITION' }),
    )
  })
})

const series = (...lines: readonly string[]) =>
  seriesOf(parseExposition(lines.map((line) => `callback_quorum_${line}\n`).join('')))

describe('what grew', () => {
  const name = 'decisions_total'
  const grown = (now: ReturnType<typeof series>, before?: ReturnType<typeof series>) =>
    increases(now, before, name).map(({ value }) => value)

  test('is the difference of each series, and all of one that is new', () => {
    const before = series('process_start_time_seconds 1', `${name}{outcome="approved"} 5`)
    const now = series('process_start_time_seconds 1', `${name}{outcome="approved"} 8`, `${name}{outcome="failed"} 2`)
    expect(grown(now, before)).toEqual([3, 2])
  })

  test('is everything since the start of a process that was started again, also where its counter is higher', () => {
    const before = series('process_start_time_seconds 1', `${name} 5`)
    expect(grown(series('process_start_time_seconds 2', `${name} 7`), before)).toEqual([7])
    expect(grown(series('process_start_time_seconds 1', `${name} 2`), before)).toEqual([2])
  })
})

describe('a quantile of a histogram', () => {
  const buckets = series(
    'x_bucket{le="1",kind="a"} 5',
    'x_bucket{le="2",kind="a"} 10',
    'x_bucket{le="+Inf",kind="a"} 10',
    'x_bucket{le="1",kind="b"} 0',
    'x_bucket{le="2",kind="b"} 0',
    'x_bucket{le="+Inf",kind="b"} 10',
  ).of('x_bucket')

  test('is interpolated in its bucket, over all series, and never beyond the last bound', () => {
    expect(quantileOf(buckets, 0.25)).toBe(1)
    expect(quantileOf(buckets, 0.375)).toBe(1.5)
    expect(quantileOf(buckets, 0.99)).toBe(2)
  })

  test('of nothing is unknown', () => {
    expect(quantileOf([], 0.5)).toBeUndefined()
    expect(quantileOf(series('x_bucket{le="+Inf"} 0').of('x_bucket'), 0.5)).toBeUndefined()
  })
})
