import { describe, expect, test } from 'vitest'
import { CALLER, LISTENER, minimal, problems, TLS, withCaller, withListener } from './minimal-config.ts'

describe('transport', () => {
  const beyond = { listen: '10.0.0.5:11020' }

  test.each(['0.0.0.0:1', '[::]:1', '10.0.0.5:1'])('beyond loopback (%s) needs TLS or an acknowledgement', (listen) => {
    expect(problems(withListener({ listen }))).toContain(
      'callback[0].listen: is reachable from beyond this machine without TLS',
    )
    expect(problems(withListener({ listen, tls: TLS }))).toBe('')
    expect(problems(withListener({ listen, plaintext: 'acknowledged' }))).toBe('')
  })

  test('is one of TLS and plaintext, not both', () => {
    expect(problems(withListener({ ...beyond, tls: TLS, plaintext: 'acknowledged' }))).toContain(
      'callback[0].plaintext: stands beside tls',
    )
  })

  test.each(['admin', 'metrics'])('of %s beyond loopback needs an acknowledgement', (block) => {
    const entry = { listen: '0.0.0.0:9', ...(block === 'admin' ? { tokens: 't.yaml' } : {}) }
    expect(problems(minimal({ [block]: entry }))).toContain(`${block}.listen: is reachable from beyond this machine`)
    expect(problems(minimal({ [block]: { ...entry, plaintext: 'acknowledged' } }))).toBe('')
  })

  test.each([
    ['callback[0].listen', 'admin.listen', { admin: { listen: '127.0.0.1:11020', tokens: 't' } }],
    [
      'callback[0].listen',
      'callback[1].listen',
      { callback: [LISTENER, { ...LISTENER, listen: '0.0.0.0:11020', tls: TLS }] },
    ],
    ['admin.listen', 'metrics.listen', { admin: { listen: '[::1]:9', tokens: 't' }, metrics: { listen: '[::1]:9' } }],
  ])('puts %s and %s in different places', (_, path, changes) => {
    expect(problems(minimal(changes))).toContain(`${path}: takes the port of`)
  })

  test('may leave several ports to the system', () => {
    const any = { listen: '127.0.0.1:0' }
    expect(problems(withListener(any, { metrics: any }))).toBe('')
  })
})

describe('profile production', () => {
  const production = { profile: 'production', database_url: 'postgres://limits@db/limits?sslmode=verify-full' }

  test('accepts TLS everywhere and a verified database', () => {
    expect(problems(withListener({ listen: '0.0.0.0:11020', tls: TLS }, production))).toBe('')
  })

  test('refuses plaintext beyond loopback although it is acknowledged, except for metrics', () => {
    const open = { listen: '10.0.0.5:11020', plaintext: 'acknowledged' }
    expect(problems(withListener(open, production))).toContain(
      'callback[0].listen: is reachable from beyond this machine without TLS',
    )
    expect(problems(minimal({ ...production, admin: { ...open, tokens: 't' } }))).toContain(
      'admin.listen: is reachable',
    )
    expect(problems(minimal({ ...production, metrics: { ...open, listen: '10.0.0.5:11121' } }))).toBe('')
  })

  test.each([
    '',
    'postgres://limits@db/limits',
    'postgres://limits@db/limits?sslmode=require',
    'postgres://limits@db/limits?sslmode=disable&sslmode=verify-full',
    'postgres://limits@localhost/limits?host=db',
    'postgres://limits@db/limits?host=other&sslmode=verify-full',
    'postgres://limits@10.0.0.5/limits?sslmode=prefer',
  ])('refuses the database %o', (url) => {
    expect(problems(minimal({ ...production, database_url: url }))).toMatch(/^database_url: /)
  })

  test.each([
    'postgres://limits@db/limits?sslmode=verify-ca',
    'postgresql://limits@127.0.0.1/limits',
    'postgres://limits@[::1]:5432/limits',
  ])('accepts the database %s', (url) => {
    expect(problems(minimal({ ...production, database_url: url }))).toBe('')
  })

  test.each(['single-host', 'development'])('is not %s, which has an embedded database', (profile) => {
    expect(problems(minimal({ profile, database_url: '' }))).toBe('')
  })
})

describe('callers', () => {
  test('have names of their own', () => {
    expect(problems(minimal({ callers: [CALLER, { ...CALLER, pubkey_path: 'b.pub' }] }))).toContain(
      'callers[1].name: is already the name of callers[0]',
    )
  })

  test('speak dialects of their platform', () => {
    expect(problems(withCaller({ platform: 'fireblocks' }))).toContain(
      'callers[0].dialects: has cobo-v2 for platform fireblocks',
    )
  })

  test('speak dialects that some listener serves', () => {
    const tree = withListener({ dialects: ['cobo-v1'] })
    expect(problems(tree)).toContain('callers[0].dialects: has cobo-v2, which no callback listener serves')
  })

  test('have at least one key', () => {
    expect(problems(withCaller({ pubkey_path: undefined }))).toContain('callers[0].pubkey_path: names no key')
    expect(problems(withCaller({ pubkey_path: [] }))).toContain('callers[0].pubkey_path: names no key')
  })

  test.each([
    ['signer_ids', withCaller({ signer_ids: { x: 'signer' } })],
    ['raw_tx', withCaller({ raw_tx: 'required' })],
    ['listener', withCaller({ listener: '127.0.0.1:11020' })],
  ])('of platform cobo have no %s', (member, tree) => {
    expect(problems(tree)).toContain(`callers[0].${member}: has no meaning for platform cobo`)
  })
})
