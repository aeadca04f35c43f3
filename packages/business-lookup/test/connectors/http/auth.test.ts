import { createHash, createHmac } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inTurn, json, RECORD, type BusinessServer, type Respond } from './business-server.ts'
import { createHttpRig, NOW_MS, REFUSED, UNAVAILABLE, type HttpRig } from './http-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
beforeEach(async () => {
  await rig.write('token', 'token-one\n')
  await rig.write('password', 'pass word:1\n')
  await rig.write('hmac.secret', 'a secret for signing\n')
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

const authorizations = ({ received }: BusinessServer) => received.map(({ headers }) => headers.authorization)
const KINDS = [
  ['none', { kind: 'none' }],
  ['bearer', { kind: 'bearer', token_file: 'token' }],
  ['basic', { kind: 'basic', username: 'quorum', password_file: 'password' }],
  ['hmac', { kind: 'hmac', key_id: 'key-1', secret_file: 'hmac.secret' }],
] as const
const [, [, BEARER], [, BASIC], [, HMAC]] = KINDS

test('bearer: the token of the file, read again for each question', async () => {
  const server = await rig.serve()
  const { ask } = await rig.open(server, { auth: BEARER })
  await ask()
  await rig.write('token', 'token-two')
  await ask()
  expect(authorizations(server)).toEqual(['Bearer token-one', 'Bearer token-two'])
})

test('basic: user and password as RFC 7617 has them', async () => {
  const server = await rig.serve()
  const { ask } = await rig.open(server, { auth: BASIC })
  await ask()
  expect(authorizations(server)).toEqual([`Basic ${Buffer.from('quorum:pass word:1').toString('base64')}`])
})

test('hmac: timestamp, method, path with query and digest of the body are signed, each try anew', async () => {
  const server = await rig.serve(inTurn(json({}, 500), json(RECORD)))
  const url = `https://payouts.test:${server.port}/v1/{organisation}?id={reference}`
  const { ask } = await rig.open(server, { auth: HMAC, url })
  expect(await ask({ reference: 'WD 1' })).toMatchObject({ found: 'one' })
  const empty = createHash('sha256').update('').digest('hex')
  const signed = `${NOW_MS / 1_000}\nGET\n/v1/acme?id=WD%201\n${empty}`
  const signature = createHmac('sha256', 'a secret for signing').update(signed).digest('hex')
  const expected = { 'x-key-id': 'key-1', 'x-timestamp': String(NOW_MS / 1_000), 'x-signature': signature }
  expect(server.received).toMatchObject([{ headers: expected }, { headers: expected }])
})

test('hmac: the signature is the one that was computed by hand elsewhere', async () => {
  // printf '1795262400\nGET\n/v1/acme?id=WD%%201\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' | openssl dgst -sha256 -hmac 'a secret for signing'
  const server = await rig.serve()
  const url = `https://payouts.test:${server.port}/v1/{organisation}?id={reference}`
  await (await rig.open(server, { auth: HMAC, url })).ask({ reference: 'WD 1' })
  expect(server.received[0]?.headers['x-signature']).toBe(
    '0c1f29185a6c3f3bc62866b7fb2a9726ef9c45a912d60ecee8ab3e1fc7f3f617',
  )
})

test.each(KINDS)('B23: %s: 401 and 403 are refusals, told as errors and not asked again', async (_, auth) => {
  const server = await rig.serve(inTurn(json(RECORD, 401), json(RECORD, 403)))
  const { ask, errors } = await rig.open(server, { auth })
  expect(await ask()).toMatchObject({ ...REFUSED, text: 'the business system refuses to be asked by this checker' })
  expect(await ask()).toMatchObject(REFUSED)
  expect([server.received.length, await errors('auth')]).toEqual([2, 2])
  const lines = rig.logged.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  expect(lines).toMatchObject([
    { level: 'error', kind: 'auth', status: 401 },
    { level: 'error', kind: 'auth', status: 403 },
  ])
  expect(rig.logged.join('')).not.toMatch(/token-one|pass word|a secret/)
})

// prettier-ignore
test.each([
  ['bearer', BEARER, 'token', 'holds no bearer token'],
  ['basic', BASIC, 'password', 'holds no single line'],
  ['hmac', HMAC, 'hmac.secret', 'holds no single line'],
] as const)('%s: a file that is missing, empty or open to others is refused at the start, and keeps a running one from asking', async (_, auth, name, empty) => {
  const server = await rig.serve()
  const { ask, connector, errors } = await rig.open(server, { auth })
  await rig.write(name, 'secret-that-others-may-read', 0o644)
  expect([await ask(), await connector.problems()]).toMatchObject([UNAVAILABLE, [expect.stringContaining('open to others')]])
  await expect(rig.open(server, { auth })).rejects.toThrow('open to others')
  await rig.write(name, '')
  expect([await ask(), await connector.problems()]).toMatchObject([UNAVAILABLE, [expect.stringContaining(empty)]])
  await rm(join(rig.directory, name))
  expect([await ask(), await connector.problems()]).toMatchObject([UNAVAILABLE, [expect.stringContaining('ENOENT')]])
  expect([server.received.length, await errors('auth')]).toEqual([0, 3])
  expect(rig.logged.join('')).not.toContain('secret-that')
})

describe('oauth2', () => {
  const tokenOf = (token: string, more: object = {}): Respond =>
    json({ access_token: token, token_type: 'Bearer', expires_in: 3600, ...more })
  const oauth = ({ port }: BusinessServer, more: object = {}) => ({
    auth: {
      kind: 'oauth2',
      token_url: `https://login.test:${port}/oauth2/token?v=1`,
      client_id: 'quorum:1',
      secret_file: 'hmac.secret',
      scope: 'read list',
      ...more,
    },
  })
  /** Knows `good` tokens only. */
  const business =
    (...good: readonly string[]): Respond =>
    (response, received) => {
      const isGood = good.some((token) => received.headers.authorization === `Bearer ${token}`)
      json(isGood ? RECORD : {}, isGood ? 200 : 401)(response, received)
    }

  test('asks for a token as RFC 6749 says, once for many questions', async () => {
    const [server, login] = [await rig.serve(business('t1')), await rig.serve(tokenOf('t1'))]
    const { ask } = await rig.open(server, oauth(login))
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(answers.map(({ found }) => found)).toEqual(Array.from({ length: 20 }, () => 'one'))
    const credentials = Buffer.from('quorum%3A1:a+secret+for+signing').toString('base64')
    expect(login.received).toMatchObject([
      {
        method: 'POST',
        path: '/oauth2/token?v=1',
        body: 'grant_type=client_credentials&scope=read+list',
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
      },
    ])
  })

  test('a token is used until a minute before its end by the clock of the checker', async () => {
    const [server, login] = [
      await rig.serve(business('t1', 't2')),
      await rig.serve(inTurn(tokenOf('t1'), tokenOf('t2'))),
    ]
    const { ask } = await rig.open(server, oauth(login))
    await ask()
    rig.nowMs += 3_540_000 - 1
    await ask()
    rig.nowMs += 1
    await ask()
    expect(authorizations(server)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2'])
    rig.nowMs -= 3_600_000
    await ask()
    expect(login.received).toHaveLength(3)
  })

  // prettier-ignore
  test.each([
    ['does not say how long it lives', { expires_in: undefined }, 2],
    ['lives a minute', { expires_in: 60 }, 2],
    ['lives a minute and a second', { expires_in: 61 }, 1],
    ['says it as a text', { expires_in: '3600' }, 1],
  ])('a token that %s', async (_, more, asked) => {
    const [server, login] = [await rig.serve(business('t1')), await rig.serve(tokenOf('t1', more))]
    const { ask } = await rig.open(server, oauth(login))
    expect([(await ask()).found, (await ask()).found]).toEqual(['one', 'one'])
    expect(login.received).toHaveLength(asked)
  })

  test('a token of a year is asked for again after an hour', async () => {
    const [server, login] = [
      await rig.serve(business('t1')),
      await rig.serve(tokenOf('t1', { expires_in: 31_536_000 })),
    ]
    const { ask } = await rig.open(server, oauth(login))
    await ask()
    rig.nowMs += 3_600_000
    await ask()
    expect(login.received).toHaveLength(2)
  })

  test('B23: 401, then a good token after one refresh: the record is found', async () => {
    const [server, login] = [await rig.serve(business('t2')), await rig.serve(inTurn(tokenOf('t1'), tokenOf('t2')))]
    const { ask, errors } = await rig.open(server, oauth(login))
    expect(await ask()).toMatchObject({ found: 'one' })
    expect(authorizations(server)).toEqual(['Bearer t1', 'Bearer t2'])
    expect([await ask(), await errors('auth'), login.received.length]).toMatchObject([{ found: 'one' }, 0, 2])
  })

  test('B23: 401 again after the refresh is a refusal, with no third try', async () => {
    const [server, login] = [await rig.serve(business()), await rig.serve(inTurn(tokenOf('t1'), tokenOf('t2')))]
    const { ask, errors } = await rig.open(server, oauth(login))
    expect(await ask()).toMatchObject(REFUSED)
    expect([server.received.length, login.received.length, await errors('auth')]).toEqual([2, 2, 1])
    expect(rig.logged.join('')).not.toMatch(/t1|t2|a secret/)
  })

  test('B23: 403 is a refusal at once: another token would say the same', async () => {
    const [server, login] = [await rig.serve(json(RECORD, 403)), await rig.serve(tokenOf('t1'))]
    const { ask } = await rig.open(server, oauth(login))
    expect(await ask()).toMatchObject(REFUSED)
    expect([server.received.length, login.received.length]).toEqual([1, 1])
  })

  test('many that are refused with one token share one refresh', async () => {
    const [server, login] = [await rig.serve(business('t1')), await rig.serve(inTurn(tokenOf('t1'), tokenOf('t2')))]
    const { ask } = await rig.open(server, oauth(login))
    await ask()
    server.respond = business('t2')
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask()))
    expect(new Set(answers.map(({ found }) => found))).toEqual(new Set(['one']))
    expect(login.received).toHaveLength(2)
  })

  // prettier-ignore
  test.each([
    ['400 invalid_client', json({ error: 'invalid_client' }, 400), REFUSED, 'auth'],
    ['401', json({}, 401), REFUSED, 'auth'],
    ['500', json({}, 500), UNAVAILABLE, 'http_status'],
    ['429', json({}, 429), UNAVAILABLE, 'http_status'],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'http_status'],
    ['201', (response, received) => { json({ access_token: 't1', token_type: 'Bearer' }, 201)(response, received) }, { found: 'refused' }, 'http_status'],
    ['another type of token', tokenOf('t1', { token_type: 'mac' }), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['a token with a line feed', tokenOf('t1\r\nx-admin: 1'), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['no token', json({ token_type: 'Bearer' }), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['a list', json([]), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['a life of 1e9', tokenOf('t1', { expires_in: '1e9' }), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['a token of 1 MB', tokenOf('t'.repeat(1_048_576)), { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }, 'malformed'],
    ['a reset', (response) => void response.socket?.destroy(), UNAVAILABLE, 'transport'],
    ['nothing', () => undefined, UNAVAILABLE, 'timeout'],
  ] satisfies readonly [string, Respond, object, string][])('a token server that answers %s: the business system is not asked', async (_, respond, expected, kind) => {
    const [server, login] = [await rig.serve(), await rig.serve(respond)]
    const { ask, errors } = await rig.open(server, { ...oauth(login), retries: 0, timeout: '400ms', connect_timeout: '400ms' })
    expect(await ask()).toMatchObject(expected)
    expect([server.connections, await errors(kind)]).toEqual([0, 1])
  })

  test('B22: the token server has the same guards, with ranges and an authority of its own', async () => {
    const [server, login] = [await rig.serve(), await rig.serve(tokenOf('t1'), rig.stranger)]
    const trusting = await rig.open(server, oauth(login, { ca: 'stranger.pem' }))
    expect(await trusting.ask()).toMatchObject({ found: 'one' })
    const doubting = await rig.open(server, { ...oauth(login), retries: 0 })
    expect(await doubting.ask()).toMatchObject(UNAVAILABLE)
    expect(login.received).toHaveLength(1)
    const elsewhere = await rig.open(server, oauth(login, { ca: 'stranger.pem', allow_addresses: ['10.0.0.0/8'] }))
    expect(await elsewhere.ask()).toMatchObject(UNAVAILABLE)
    rig.names.set('login.test', ['169.254.169.254'])
    const { ask, errors } = await rig.open(server, oauth(login, { ca: 'stranger.pem' }))
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect([await errors('address'), await elsewhere.errors('address'), login.received.length]).toEqual([1, 1, 1])
  })

  test('a token that one question waits for too long for still comes for the next', async () => {
    let answer: (() => void) | undefined
    const login = await rig.serve((response, received) => {
      answer = () => {
        tokenOf('t1')(response, received)
      }
    })
    const server = await rig.serve(business('t1'))
    const { ask } = await rig.open(server, { ...oauth(login), timeout: '10s' })
    expect(await ask({ signal: AbortSignal.timeout(200) })).toMatchObject(UNAVAILABLE)
    const next = ask()
    answer?.()
    expect(await next).toMatchObject({ found: 'one' })
    expect(login.received).toHaveLength(1)
  })
})
