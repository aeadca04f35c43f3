import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { inTurn, json, RECORD, text, type Respond } from './business-server.ts'
import { BAD_RESPONSE, createHttpRig, MAP, type HttpRig } from './http-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

const BODY = JSON.stringify(RECORD)
const TEN_MB = 10 * 1024 * 1024
const bomb = gzipSync(Buffer.alloc(TEN_MB, ' '))

/** Bytes for as long as they are taken. */
const endless: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = (): void => void response.write(' '.repeat(65_536), (error) => (error ? undefined : more()))
  more()
}

// prettier-ignore
test.each([
  ['200 HTML', text('<html></html>', 200, { 'content-type': 'text/html' })],
  ['HTML that is called JSON', text('<html></html>')],
  ['a gzip bomb', text(bomb, 200, { 'content-encoding': 'gzip' })],
  ['a record in gzip', text(gzipSync(BODY), 200, { 'content-encoding': 'gzip' })],
  ['an encoding that nobody knows', text(BODY, 200, { 'content-encoding': 'x' })],
  ['an encoding called identity', text(BODY, 200, { 'content-encoding': 'identity' })],
  ['gzip that is not declared', text(gzipSync(BODY))],
  ['a body of 10 MB', text(`{"state":"approved","more":"${'x'.repeat(TEN_MB)}"}`)],
  ['a body without end', endless],
  ['a duplicate key', text(`{"state":"cancelled",${BODY.slice(1)}`)],
  ['a duplicate key in other letters', text(`{"State":"cancelled",${BODY.slice(1)}`)],
  ['a duplicate key, escaped', text(`{"\\u0073tate":"cancelled",${BODY.slice(1)}`)],
  ['a member __proto__', text(`{"__proto__":{},${BODY.slice(1)}`)],
  ['a byte order mark', text(`\ufeff${BODY}`)],
  ['no UTF-8', text(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
  ['a hundred lists in each other', text(`${'['.repeat(100)}${']'.repeat(100)}`)],
] satisfies readonly [string, Respond][])('B21: %s is refused, and not asked for again', async (_, respond) => {
  const server = await rig.serve(respond)
  const { ask, errors } = await rig.open(server)
  expect(await ask()).toMatchObject(BAD_RESPONSE)
  expect([server.received.length, await errors('malformed')]).toEqual([1, 1])
})

test('B21: exactly bytes_max is read, one byte more is not, announced or not', async () => {
  const body = BODY.padEnd(300, ' ')
  const chunked: Respond = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(body)
    response.end(' ')
  }
  const server = await rig.serve(inTurn(text(body), text(`${body} `), chunked))
  const { ask } = await rig.open(server, { response: { bytes_max: 300 } })
  expect(await ask()).toMatchObject({ found: 'one' })
  expect(await ask()).toMatchObject(BAD_RESPONSE)
  expect(await ask()).toMatchObject(BAD_RESPONSE)
})

// prettier-ignore
test.each([
  ['the text 1e2', '"1e2"', false, { is: 'text', text: '1e2' }],
  ['the number 1e2', '1e2', true, { is: 'invalid' }],
  ['a number', '1.5', false, { is: 'invalid' }],
  ['a number above 2^53', '9007199254740993', false, { is: 'invalid' }],
  ['a number above 2^53 where numbers are allowed', '9007199254740993', true, { is: 'text', text: '9007199254740993' }],
  ['a number with more digits than a double', '0.1234567890123456789', true, { is: 'text', text: '0.1234567890123456789' }],
  ['a negative number', '-1', true, { is: 'invalid' }],
])('B21: %s as an amount is read as it was written', async (_, written, allowNumber, amount) => {
  const server = await rig.serve(text(BODY.replace('"1.5"', written)))
  const { ask } = await rig.open(server, {}, { ...MAP, amount: { at: '/amount', allow_number: allowNumber } })
  expect(await ask()).toMatchObject({ found: 'one', intent: { outputs: [{ amount }] } })
})

test.each([301, 302, 303, 307, 308])('B21: a redirect (%i) to the metadata service is not followed', async (status) => {
  const other = await rig.serve()
  rig.names.set('metadata.test', ['169.254.169.254'])
  const targets = [
    'http://169.254.169.254/latest/meta-data/',
    `https://payouts.test:${other.port}/`,
    '/v1/withdrawals/WD-2',
  ]
  for (const location of targets) {
    const server = await rig.serve(text('', status, { location }))
    const { ask, errors } = await rig.open(server)
    expect(await ask()).toMatchObject(BAD_RESPONSE)
    expect([server.received.length, other.connections, await errors('http_status')]).toEqual([1, 0, 1])
  }
  expect(new Set(rig.resolved)).toEqual(new Set(['payouts.test']))
})

describe('a batch', () => {
  const BATCH = { ...MAP, outputs: { at: '/payments' } } as const

  test('has its payments in their order', async () => {
    const { ask } = await rig.open(
      await rig.serve(json({ ...RECORD, payments: [{ amount: '1' }, { amount: '2' }] })),
      {},
      BATCH,
    )
    expect(await ask()).toMatchObject({
      found: 'one',
      intent: { outputs: [{ amount: { text: '1' } }, { amount: { text: '2' } }] },
    })
  })

  test.each([
    ['no list', RECORD],
    ['an empty list', { ...RECORD, payments: [] }],
    ['more payments than any transaction', { ...RECORD, payments: Array.from({ length: 1_001 }, () => ({})) }],
  ])('with %s is refused', async (_, record) => {
    const { ask } = await rig.open(await rig.serve(json(record)), {}, BATCH)
    expect(await ask()).toMatchObject(BAD_RESPONSE)
  })
})

describe('a signed answer', () => {
  const SECRET = 'a secret of the business system'
  const signature = { header: 'x-sig', secret_file: 'answers.secret' }
  const macOf = (body: string, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('hex')
  const signed = (mac: string, body = BODY): Respond => text(body, 200, { 'x-sig': mac })

  // prettier-ignore
  test.each([
    ['by the secret', signed(macOf(BODY)), { found: 'one' }],
    ['over the empty list', signed(macOf('[]'), '[]'), { found: 'none' }],
    ['by another secret', signed(macOf(BODY, 'another secret, as long')), BAD_RESPONSE],
    ['over another body', signed(macOf(BODY), BODY.replace('1.5', '9.5')), BAD_RESPONSE],
    ['over the body but for its last line feed', signed(macOf(BODY), `${BODY}\n`), BAD_RESPONSE],
    ['in upper case', signed(macOf(BODY).toUpperCase()), BAD_RESPONSE],
    ['with half of it', signed(macOf(BODY).slice(0, 32)), BAD_RESPONSE],
    ['with nothing', signed(''), BAD_RESPONSE],
    ['not at all', text(BODY), BAD_RESPONSE],
    ['twice', (response) => void response.writeHead(200, ['content-type', 'application/json', 'x-sig', macOf(BODY), 'x-sig', macOf(BODY)]).end(BODY), BAD_RESPONSE],
    ['with 404, which approves nothing', json({}, 404), { found: 'none' }],
  ] satisfies readonly [string, Respond, object][])('%s', async (_, respond, expected) => {
    await rig.write('answers.secret', SECRET)
    const { ask } = await rig.open(await rig.serve(respond), { response: { signature, not_found: [404, 'empty_array'] } })
    expect(await ask()).toMatchObject(expected)
  })

  test('cannot be asked for with a short secret, nor with one that others may read', async () => {
    const server = await rig.serve()
    await rig.write('answers.secret', 'too short')
    await expect(rig.open(server, { response: { signature } })).rejects.toThrow('is shorter than 16 characters')
    await rig.write('answers.secret', SECRET, 0o644)
    await expect(rig.open(server, { response: { signature } })).rejects.toThrow('is open to others')
  })
})
