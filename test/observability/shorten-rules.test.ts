import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { durationMs, shortenExpression, shortenRules } from './rig/shorten-rules.ts'

test.each([
  ['rate(a_total[5m]) > 0', 'rate(a_total[10s]) > 0'],
  ['increase(a_total[1h30m]) >= 3', 'increase(a_total[90s]) >= 3'],
  ['rate(a_total{le="[5m]"}[6h] offset 10m) < 300', 'rate(a_total{le="[5m]"}[360s] offset 10s) < 300'],
  ['max_over_time(rate(a_total[1h])[3d:30m]) > 0.05', 'max_over_time(rate(a_total[60s])[4320s:30s]) > 0.05'],
  ['predict_linear(a[6h], 86400) - time() < 7 * 86400', 'predict_linear(a[360s], 86400) - time() < 7 * 86400'],
  ['a:rate5m > 5 and on () b_seconds > 3600', 'a:rate5m > 5 and on () b_seconds > 3600'],
])('%s looks back for a shorter time only', (expression, shortened) => {
  expect(shortenExpression(expression)).toBe(shortened)
})

test('of a rule file nothing but durations changes', () => {
  const labels = { severity: 'page', team: 'custody' }
  const annotations = { summary: 'for 5m', description: 'rate over [5m] is {{ $value }}' }
  const rule = { alert: 'Late', expr: 'rate(a_total[1h]) > 1', for: '10m', labels, annotations }
  const groups = [{ name: 'g', interval: '30s', rules: [rule, { record: 'a:rate5m', expr: 'rate(a_total[5m])' }] }]
  expect(parse(shortenRules(JSON.stringify({ groups })))).toEqual({
    groups: [
      {
        name: 'g',
        interval: '1s',
        rules: [
          { ...rule, expr: 'rate(a_total[60s]) > 1', for: '10s' },
          { record: 'a:rate5m', expr: 'rate(a_total[10s])' },
        ],
      },
    ],
  })
})

test.each([
  ['30s', '1s'],
  ['1h', '10s'],
])('what had to last for %s has to last for %s', (before, after) => {
  const groups = [{ name: 'g', rules: [{ alert: 'A', expr: 'up == 0', for: before }] }]
  expect(parse(shortenRules(JSON.stringify({ groups })))).toMatchObject({ groups: [{ rules: [{ for: after }] }] })
})

test('what is no duration is refused, so that no rule keeps a long one', () => {
  expect(durationMs('1d12h')).toBe(129_600_000)
  expect(() => durationMs('5 min')).toThrow('not a duration of Prometheus: 5 min')
})
