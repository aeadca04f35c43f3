import { expect, test } from 'vitest'
import { askedAt, pathsOf } from '../../src/ask/asked-paths.ts'

const ALL = {
  'cobo-v1': '/v1/check',
  'cobo-v2': '/v2/check',
  'fireblocks-tx': '/v2/tx_sign_request',
  'fireblocks-config': '/v2/config_change_sign_request',
}

test.each(['', '/'])('an address with the path %j serves all of the wire', (pathname) => {
  expect(pathsOf(pathname)).toEqual({ paths: ALL, outcomePath: '/v2/outcome' })
})

test('a base path stands before them', () => {
  expect(pathsOf('/base/one/').paths['fireblocks-tx']).toBe('/base/one/v2/tx_sign_request')
  expect(pathsOf('/base/one/').outcomePath).toBe('/base/one/v2/outcome')
})

test.each(Object.entries(ALL))('an address that names the path of %s serves nothing else', (served, path) => {
  expect(pathsOf(path)).toEqual({ paths: { [served]: path }, outcomePath: '/v2/outcome' })
  expect(pathsOf(`/base${path}`)).toEqual({ paths: { [served]: `/base${path}` }, outcomePath: '/base/v2/outcome' })
})

test('bare JSON is asked where tokens are, by its endpoint', () => {
  expect(askedAt({ dialect: 'fireblocks-json', endpoint: 'config' })).toBe('fireblocks-config')
  expect(askedAt({ dialect: 'fireblocks-jwt', endpoint: 'tx' })).toBe('fireblocks-tx')
  expect(() => askedAt({ dialect: 'fireblocks-jwt' })).toThrow('invariant')
})
