import { describe, expect, test } from 'vitest'
import { CALLER, minimal, parse, problems, TLS, withCaller, withListener } from './minimal-config.ts'

describe('the common blocks', () => {
  test('take the defaults of the node and an embedded database', () => {
    const config = parse(minimal())
    expect(config.callers[0]).toEqual({
      ...CALLER,
      pubkey_path: [{ file: 'node.pub' }],
      retry_times: 60,
      sleep_seconds: 60,
      request_timeout: 10_000,
      max_token_age: 900_000,
    })
    expect(config.identity.token_expire_minutes).toBe(2)
    expect(config.database_url).toBe('')
    expect(config.log).toEqual({ level: 'info' })
  })

  test('read every member in the words of the specification', () => {
    const listeners = [
      {
        listen: '0.0.0.0:11020',
        dialects: ['cobo-v1', 'cobo-v2'],
        tls: { ...TLS, client_ca: 'tls/ca.pem' },
        base_path: '/',
      },
      { listen: '10.0.0.5:11443', dialects: ['cobo-v2'], plaintext: 'acknowledged', base_path: '/custody/eu' },
    ]
    const config = parse(
      minimal({
        callback: listeners,
        admin: { listen: '127.0.0.1:11120', tokens: 'admin-tokens.yaml' },
        metrics: { listen: '[::1]:11121' },
        identity: { private_key: 'a.pem', internal_key: 'b.pem', token_expire_minutes: 5 },
        callers: [
          {
            ...CALLER,
            pubkey_path: [{ file: 'new.pub' }, { file: 'old.pub', not_after: '2026-12-31' }],
            event_pubkey_path: 'event.pub',
            retry_times: 2,
            sleep_seconds: 15,
            request_timeout: '8s',
            max_token_age: '5m',
          },
        ],
        database_url: 'postgres://limits@db/limits?sslmode=verify-full',
        assets: 'assets.yaml',
        addresses: 'addresses.yaml',
        log: { level: 'debug', format: 'pretty' },
      }),
    )
    expect(config.callback[0]?.listen).toEqual({ host: '0.0.0.0', port: 11_020 })
    expect(config.metrics?.listen).toEqual({ host: '::1', port: 11_121 })
    expect(config.callers[0]?.pubkey_path).toEqual([
      { file: 'new.pub' },
      { file: 'old.pub', not_after: Date.UTC(2027, 0, 1) - 1 },
    ])
    expect(config.callers[0]).toMatchObject({
      retry_times: 2,
      sleep_seconds: 15,
      request_timeout: 8_000,
      max_token_age: 300_000,
    })
  })
})

describe('a configuration', () => {
  test.each(['service_name', 'profile', 'callback', 'identity', 'callers', 'data_dir'])(
    'is refused without %s',
    (member) => {
      expect(problems(minimal({ [member]: undefined }))).toContain(`${member}: is missing`)
    },
  )
})

describe('a wrong value in the common blocks', () => {
  test.each([
    ['service_name', minimal({ service_name: 'Gateway' })],
    ['profile', minimal({ profile: 'staging' })],
    ['callback', minimal({ callback: [] })],
    ['callback[0].dialects', withListener({ dialects: [] })],
    ['callback[0].dialects', withListener({ dialects: ['cobo-v2', 'cobo-v2'] })],
    ['callback[0].dialects[0]', withListener({ dialects: ['cobo-v3'] })],
    ['callback[0].plaintext', withListener({ plaintext: true })],
    ['callback[0].base_path', withListener({ base_path: 'custody' })],
    ['callback[0].base_path', withListener({ base_path: '/custody/' })],
    ['callback[0].base_path', withListener({ base_path: '/../x' })],
    ['callback[0].tls.key', withListener({ tls: { cert: 'x' } })],
    ['callback[0].tls.ca', withListener({ tls: { ...TLS, ca: 'x' } })],
    ['callback[0].allow_from', withListener({ allow_from: [] })],
    ['admin.tokens', minimal({ admin: { listen: '127.0.0.1:1' } })],
    ['identity.token_expire_minutes', minimal({ identity: { private_key: 'a', token_expire_minutes: 0 } })],
    ['callers', minimal({ callers: [] })],
    ['callers[0].name', withCaller({ name: '-x' })],
    ['callers[0].name', withCaller({ name: 'a_b' })],
    ['callers[0].platform', withCaller({ platform: 'other' })],
    ['callers[0].organisation', withCaller({ organisation: 'acme:eu' })],
    ['callers[0].pubkey_path', withCaller({ pubkey_path: 7 })],
    ['callers[0].pubkey_path[0].not_after', withCaller({ pubkey_path: [{ file: 'x', not_after: 'soon' }] })],
    ['callers[0].retry_times', withCaller({ retry_times: 0 })],
    ['callers[0].retry_times', withCaller({ retry_times: 1.5 })],
    ['callers[0].sleep_seconds', withCaller({ sleep_seconds: -1 })],
    ['callers[0].request_timeout', withCaller({ request_timeout: 10 })],
    ['callers[0].request_timeout', withCaller({ request_timeout: '0s' })],
    ['callers[0].max_token_age', withCaller({ max_token_age: '25h' })],
    ['callers[0].signer_ids.x', withCaller({ signer_ids: { x: 'owner' } })],
    ['callers[0].signer_ids.x.path', withCaller({ signer_ids: { x: { role: 'signer', path: 'x' } } })],
    ['callers[0].signer_ids.x.path', withCaller({ signer_ids: { x: { role: 'signer', path: '/x/' } } })],
    ['callers[0].signer_ids.x.paths', withCaller({ signer_ids: { x: { role: 'signer', paths: '/x' } } })],
    ['callers[0].raw_tx', withCaller({ raw_tx: true })],
    ['callers[0].listener', withCaller({ listener: ':11020' })],
    ['database_url', minimal({ database_url: 'mysql://db/limits' })],
    ['database_url', minimal({ database_url: 'postgres://[x/limits' })],
    ['log.level', minimal({ log: { level: 'loud' } })],
    ['log.colour', minimal({ log: { colour: true } })],
  ])('of %s is refused at its place', (path, tree) => {
    expect(problems(tree).split('\n')[0]).toMatch(new RegExp(`^${path.replace(/[[\]]/g, '\\$&')}: `))
  })
})
