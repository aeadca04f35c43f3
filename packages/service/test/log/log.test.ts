import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createLogger, type LoggerOptions } from '../../src/log.ts'
import { makeRsaPems } from '../keys/rsa-pems.ts'

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJwYWNrYWdlX2RhdGEiOiJlMzA9In0.c2lnbmF0dXJl'
const rsa = makeRsaPems()
const SECRET = 'hunter2-very-secret'

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ name: 'test', level: 'info', format: 'json', destination, ...options })
  return {
    log,
    lines,
    text: () => lines.join(''),
    last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>,
  }
}

const NAMES = [
  'token',
  'tokens',
  'access_token',
  'refreshToken',
  'authorization',
  'Authorization',
  'proxy-authorization',
  'TSS_JWT_MSG',
  'tss_jwt_msg',
  'jwt',
  'package_data',
  'private_key',
  'privateKey',
  'internal_key',
  'password',
  'PGPASSWORD',
  'passphrase',
  'secret',
  'client_secret',
  'cookie',
  'set-cookie',
  'api_key',
  'x-api-key',
  'credentials',
  'database_url',
]

describe('a secret', () => {
  test.each(NAMES)('never appears when it is logged as %s, at whatever depth or as a binding', (name) => {
    const { log, lines, text } = capture()
    log.info({ [name]: SECRET }, 'flat')
    log.info({ a: { b: [{ c: { [name]: { inner: SECRET } } }] } }, 'deep')
    log.child({ [name]: SECRET }).info('bound')
    log.child({ request: { headers: { [name]: SECRET } } }).info('bound deep')
    log
      .child({})
      .child({ [name]: SECRET }, { level: 'info' })
      .info('bound to a child of a child')
    const rebound = log.child({})
    rebound.setBindings({ [name]: SECRET })
    rebound.info({ [name]: SECRET }, 'bound later')
    log.info({ err: Object.assign(new Error('failed'), { config: { [name]: SECRET } }) }, 'in an error')
    log.info(new Error('outer', { cause: Object.assign(new Error('inner'), { [name]: SECRET }) }))
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(
      Array.from({ length: 8 }, () => 'test'),
    )
    expect(text()).not.toContain(SECRET)
    expect(text()).toContain('[redacted]')
  })

  test.each([
    ['a token', TOKEN, TOKEN],
    ['the beginning of a token', TOKEN.slice(0, 50), TOKEN.slice(0, 50)],
    ['a token on a line of its own', `late:\n${TOKEN}\n`, TOKEN],
    ['a token in JSON in a text', JSON.stringify({ body: JSON.stringify({ t: TOKEN }) }), TOKEN],
    ['a token in quotes', `reply "${TOKEN}" was late`, TOKEN],
    ['a bearer credential', `sent Bearer ${SECRET}==`, SECRET],
    ['a private key', rsa.pkcs8, 'MII'],
    ['a private key with CRLF', rsa.pkcs1.replaceAll('\n', '\r\n'), 'MII'],
    ['a private key in JSON in a text', JSON.stringify({ pem: rsa.pkcs8 }), 'MII'],
    ['a private key cut short', rsa.pkcs1.slice(0, 300), 'MII'],
    ['a URL with a password', `connect postgres://limits:${SECRET}@db:5432/limits failed`, SECRET],
    ['a URL whose password holds an at sign', `postgres://limits:a@${SECRET}@db/limits`, SECRET],
  ])('is recognised by its form: %s', (_, text, secret) => {
    const output = capture()
    output.log.info(text)
    output.log.info({ text, list: [text] }, 'as a member')
    output.log.info('formatted %s', text)
    output.log.error(new Error(text))
    output.log.error({ err: new Error('outer', { cause: new Error(text) }) }, 'wrapped')
    output.log.child({ text }).info('bound')
    expect(output.lines.map((line) => (JSON.parse(line) as { name: string }).name)).toHaveLength(6)
    expect(output.text()).not.toContain(secret)
  })

  test('does not appear in the pretty form either', () => {
    const { log, text } = capture({ format: 'pretty' })
    log.info({ token: SECRET, text: TOKEN }, `sent ${TOKEN}`)
    expect(text()).toContain('sent [redacted]')
    expect(text()).not.toContain(SECRET)
    expect(text()).not.toContain(TOKEN)
  })

  test('does not appear when a key object or bytes are logged', () => {
    const { log, last } = capture()
    log.info({ own: createPrivateKey(rsa.pkcs8), body: Buffer.from(SECRET) }, 'objects')
    expect(last()).toMatchObject({ own: '[private key]', body: `[${SECRET.length} bytes]` })
  })
})

describe('what is no secret', () => {
  test('stays, also beside secrets and with names that only resemble theirs', () => {
    const { log, last } = capture()
    log.info(
      { token_expire_minutes: 2, tokenAgeMs: 5, secretary: 'x', token: SECRET, pubkey_path: 'a.pub', n: 1n },
      'words',
    )
    expect(last()).toMatchObject({
      level: 'info',
      name: 'test',
      msg: 'words',
      token_expire_minutes: 2,
      tokenAgeMs: 5,
      secretary: 'x',
      token: '[redacted]',
      pubkey_path: 'a.pub',
      n: 1,
    })
  })

  test.each([
    'https://limits.internal:11021/v2/check',
    'postgres://limits@db:5432/limits',
    'eyes on 10.0.0.5:80 at 12:30',
  ])('%s stays', (text) => {
    const { log, last } = capture()
    log.info({ text }, text)
    expect(last()).toMatchObject({ text, msg: text })
  })

  test('of an error keeps its code, message and stack', () => {
    const { log, last } = capture()
    log.error({ err: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }, 'asking')
    expect(last()).toMatchObject({ err: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' } })
    expect(JSON.stringify(last())).toContain('log.test.ts')
  })
})

test('what refers to itself still ends', () => {
  const { log, last } = capture()
  const circle: Record<string, unknown> = { token: SECRET }
  circle['self'] = circle
  log.info({ circle }, 'round')
  expect(last()['msg']).toBe('round')
  expect(JSON.stringify(last())).not.toContain(SECRET)
})

test('lines below the level are not written', () => {
  const { log, text } = capture({ level: 'warn' })
  log.info('quiet')
  expect(text()).toBe('')
})

test('without a terminal the form is JSON', () => {
  const lines: string[] = []
  const log = createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } })
  log.info('words')
  expect(JSON.parse(lines.join(''))).toMatchObject({ msg: 'words' })
})
