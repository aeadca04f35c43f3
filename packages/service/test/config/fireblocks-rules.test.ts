import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { JSON_CALLER, JSON_LISTENER, JWT_CALLER, JWT_LISTENER, ofJson, ofJwt, problemsOf } from './cosigner-config.ts'
import { minimal, parse, problems, TLS, type Tree, withListener } from './minimal-config.ts'

describe('a listener of fireblocks-json', () => {
  const listener = (changes: Tree): string =>
    problems(minimal({ callback: [{ ...JSON_LISTENER, ...changes }], callers: [JSON_CALLER] }))

  test('serves nothing else', () => {
    const mixed = 'callback[0].dialects: mixes fireblocks-json with others'
    expect(listener({ dialects: ['fireblocks-json', 'cobo-v2'] })).toBe(mixed + '; expected it alone on its listener')
    expect(listener({ dialects: ['fireblocks-json', 'fireblocks-jwt'] })).toContain(mixed)
    expect(listener({})).toBe('')
  })

  test('has an allow-list or client certificates', () => {
    const open = 'callback[0].dialects: lets anybody ask in fireblocks-json'
    expect(listener({ allow_from: undefined })).toContain(open)
    expect(listener({ allow_from: undefined, tls: TLS })).toContain(open)
    expect(listener({ allow_from: undefined, tls: { ...TLS, client_ca: 'ca.pem' } })).toBe('')
  })

  test('is not alone in having an allow-list', () => {
    expect(problems(withListener({ allow_from: ['10.0.0.7/32'] }))).toBe('')
  })
})

describe('a caller of platform fireblocks', () => {
  test('asks as a Co-signer does, twenty times every three minutes, unless it says otherwise', () => {
    const [caller] = parse(minimal({ callback: [JWT_LISTENER], callers: [JWT_CALLER] })).callers
    expect(caller).toMatchObject({ retry_times: 20, sleep_seconds: 180, request_timeout: 30_000 })
    expect(caller?.signer_ids).toEqual({ 'api-1': { role: 'signer', path: '' } })
  })

  test('speaks one dialect', () => {
    expect(ofJwt({ dialects: ['fireblocks-jwt', 'fireblocks-json'] })).toContain('callers[0].dialects: has both')
  })

  test('may stand beside callers of the other dialect and of the other platform', () => {
    const node = { name: 'node-1', platform: 'cobo', dialects: ['cobo-v2'], organisation: 'acme', pubkey_path: 'n.pub' }
    const callback = [{ ...JWT_LISTENER, dialects: ['cobo-v2', 'fireblocks-jwt'] }, JSON_LISTENER]
    const other = { ...JSON_CALLER, signer_ids: { 'api-2': { role: 'approver', path: '/api-2' } } }
    expect(problemsOf([JWT_CALLER, other, node], { callback })).toBe('')
  })

  test.each([undefined, {}])('names its API users (%o)', (signers) => {
    expect(ofJwt({ signer_ids: signers })).toContain('callers[0].signer_ids: names no API user')
    expect(ofJson({ signer_ids: signers })).toContain('callers[0].signer_ids: names no API user')
  })

  test('has no event key', () => {
    expect(ofJwt({ event_pubkey_path: 'x' })).toContain('callers[0].event_pubkey_path: has no meaning for platform')
  })

  test('of fireblocks-jwt has a key, of fireblocks-json none', () => {
    expect(ofJwt({ pubkey_path: [] })).toContain('callers[0].pubkey_path: names no key')
    expect(ofJson({ pubkey_path: 'x.pub' })).toContain('callers[0].pubkey_path: has no meaning for fireblocks-json')
  })

  test.each(['/v2', '/v2/x', '/x/v2', '/v1', '/ping', '/tx_sign_request', '/config_change_sign_request'])(
    'has no API user below %s, where something else is served',
    (path) => {
      const told = 'callers[0].signer_ids.api-1.path: is where something else is served'
      expect(ofJwt({ signer_ids: { 'api-1': { role: 'signer', path } } })).toContain(told)
      expect(ofJson({ signer_ids: { 'api-1': { role: 'signer', path } } })).toContain(told)
    },
  )

  test.each(['/api-user-1', '/v3', '/desk/ping-1'])('may have an API user below %s', (path) => {
    expect(ofJwt({ signer_ids: { 'api-1': { role: 'signer', path } } })).toBe('')
  })

  test('asks no more often and no longer than the platform allows', () => {
    expect(ofJwt({ sleep_seconds: 30, retry_times: 5_760 })).toBe('')
    expect(ofJwt({ sleep_seconds: 3_600, retry_times: 48 })).toBe('')
    expect(ofJwt({ sleep_seconds: 29 })).toContain('callers[0].sleep_seconds: is no interval of a Co-signer')
    expect(ofJwt({ sleep_seconds: 3_601 })).toContain('callers[0].sleep_seconds: is no interval of a Co-signer')
    expect(ofJwt({ sleep_seconds: 3_600, retry_times: 49 })).toContain('callers[0].retry_times: goes on for longer')
  })
})

describe('a caller of fireblocks-json', () => {
  const SECOND = { ...JSON_LISTENER, listen: '127.0.0.1:11022' }
  const callback = [JSON_LISTENER, SECOND]
  const at = (caller: Tree, listener?: string): Tree => ({ ...caller, ...(listener === undefined ? {} : { listener }) })

  test('needs to say which listener it asks only where there are several', () => {
    expect(ofJson({})).toBe('')
    const open = 'callers[0].listener: leaves several of fireblocks-json open'
    expect(problemsOf([JSON_CALLER], { callback })).toContain(open)
    expect(problemsOf([at(JSON_CALLER, SECOND.listen)], { callback })).toBe('')
  })

  test.each([['127.0.0.1:9'], [JWT_LISTENER.listen]])('asks no listener %s that does not serve it', (listen) => {
    const told = 'callers[0].listener: is no callback listener that serves fireblocks-json'
    expect(ofJson({ listener: listen })).toContain(told)
  })

  test('shares no API user with another at the same listener', () => {
    const other = { ...JSON_CALLER, name: 'cosigner-3' }
    const told = 'callers[1].signer_ids.api-1: is an API user of callers[0] too'
    expect(problemsOf([JSON_CALLER, other])).toContain(told)
    expect(problemsOf([JSON_CALLER, { ...other, signer_ids: { 'api-2': 'signer' } }])).toBe('')
    const apart = [at(JSON_CALLER, JSON_LISTENER.listen), at(other, SECOND.listen)]
    expect(problemsOf(apart, { callback })).toBe('')
    // A wrap comes from wherever the gateway listens.
    expect(problemsOf(apart, { callback }, { takesWraps: true })).toContain(told)
  })

  test('may share one with a caller of fireblocks-jwt, whose key tells them apart', () => {
    expect(problemsOf([JWT_CALLER, JSON_CALLER])).toBe('')
  })

  test('needs no listener of its own behind a gateway that wraps, but one that the gateway asks', () => {
    const unheard = 'callers[0].dialects: has fireblocks-json, which no callback listener serves'
    const jwt = { callback: [JWT_LISTENER] }
    expect(problemsOf([JSON_CALLER], jwt)).toContain(unheard)
    expect(problemsOf([JSON_CALLER], jwt, { takesWraps: true })).toBe('')
    const cobo = { callback: [{ ...JWT_LISTENER, dialects: ['cobo-v2'] }] }
    expect(problemsOf([JSON_CALLER], cobo, { takesWraps: true })).toContain(unheard)
  })
})

test('a caller of fireblocks-jwt is known by its key and names no listener', () => {
  expect(ofJwt({ listener: JWT_LISTENER.listen })).toContain('callers[0].listener: has no meaning for fireblocks-jwt')
})

test('the example in the README is accepted', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, example = ''] = /```yaml\n(callback:\n[^]*?)```/.exec(readme) ?? []
  const { callback, callers } = parseYaml(example) as { callback: Tree[]; callers: Tree[] }
  expect(callers.map(({ name }) => name)).toEqual(['cosigner-eu', 'cosigner-us'])
  const node = { name: 'node-1', platform: 'cobo', dialects: ['cobo-v2'], organisation: 'acme', pubkey_path: 'n.pub' }
  expect(problemsOf([...callers, node], { callback })).toBe('')
})
