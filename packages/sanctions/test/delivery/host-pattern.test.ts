import { expect, test } from 'vitest'
import { isHostPattern, matchesHost } from '../../src/delivery/host-pattern.ts'

// prettier-ignore
test.each([
  ['example.com', true], ['localhost', true], ['127.0.0.1', true], ['*.example.com', true], ['*.a.example.com', true], ['xn--bcher-kva.example', true],
  ['*', false], ['*.com', false], ['a.*.com', false], ['*a.example.com', false], ['*.*.example.com', false], ['*.168.0.1', false],
  ['Example.com', false], ['example.com.', false], ['.example.com', false], ['example..com', false], ['-a.example.com', false],
  ['https://example.com', false], ['example.com:443', false], ['example.com/', false], ['user@example.com', false], ['bücher.example', false], ['', false],
])('%s can stand in redirect_hosts: %s', (text, expected) => {
  expect(isHostPattern(text)).toBe(expected)
})

// prettier-ignore
test.each([
  ['example.com', 'example.com', true], ['example.com', 'a.example.com', false],
  ['*.example.com', 'a.example.com', true], ['*.example.com', 'b.a.example.com', true],
  ['*.example.com', 'example.com', false], ['*.example.com', '.example.com', false], ['*.example.com', 'badexample.com', false], ['*.example.com', 'a.example.com.evil.test', false],
])('%s matches %s: %s', (pattern, host, expected) => {
  expect(matchesHost(pattern, host)).toBe(expected)
})
