import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { json, RECORD, text, type Respond } from './business-server.ts'
import { BAD_RESPONSE, createHttpRig, REFUSED, UNAVAILABLE, type HttpRig } from './http-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

test('one record is found, with its digest over the bytes that came', async () => {
  const server = await rig.serve()
  const { ask } = await rig.open(server)
  expect(await ask()).toMatchObject({
    found: 'one',
    intent: {
      status: { is: 'text', text: 'approved' },
      outputs: [{ amount: { text: '1.5' }, destination: { text: RECORD.address }, tag: { is: 'absent' } }],
      recordDigest: createHash('sha256').update(JSON.stringify(RECORD)).digest('hex'),
    },
  })
  expect(server.received).toMatchObject([{ method: 'GET', path: '/v1/withdrawals/WD-1', body: '' }])
})

test('what is sent names no user, takes nothing compressed and nothing from a cache', async () => {
  const server = await rig.serve((response, received) => {
    json(RECORD)(response.setHeader('set-cookie', 'a=b'), received)
  })
  const { ask } = await rig.open(server)
  await ask()
  await ask()
  const { host, connection, ...headers } = server.received[1]?.headers ?? {}
  expect([host, connection]).toEqual([`payouts.test:${server.port}`, 'keep-alive'])
  expect(headers).toEqual({
    accept: 'application/json',
    'accept-encoding': 'identity',
    'cache-control': 'no-cache',
    'user-agent': 'callback-quorum',
  })
})

test('reference and organisation are encoded where they stand', async () => {
  const server = await rig.serve()
  const url = `https://payouts.test:${server.port}/v1/{organisation}/w?id={reference}&full=1`
  const { ask } = await rig.open(server, { url })
  await ask({ reference: 'a/../b?c=d&e#f %2e é' })
  expect(server.received.map(({ path }) => path)).toEqual([
    '/v1/acme/w?id=a%2F..%2Fb%3Fc%3Dd%26e%23f%20%252e%20%C3%A9&full=1',
  ])
})

// prettier-ignore
test.each(['..', '.', '../admin', 'a/b', 'a\\b', '%2e%2e', 'a\r\nb', 'a\0b', '', '\ud800', 'x'.repeat(513)])('the reference %j cannot stand in a path: nothing is asked', async (reference) => {
  const server = await rig.serve()
  const { ask } = await rig.open(server)
  expect(await ask({ reference })).toMatchObject(BAD_RESPONSE)
  expect([server.connections, rig.resolved]).toEqual([0, []])
})

const HTML: Respond = text('<html>approved</html>', 200, { 'content-type': 'text/html' })

// prettier-ignore
test.each([
  ['an object', json(RECORD), {}, { found: 'one' }],
  ['an object with another 2xx', json(RECORD, 203), {}, { found: 'one' }],
  ['a JSON type of its own', text(JSON.stringify(RECORD), 200, { 'content-type': 'application/vnd.payout+json; charset=utf-8' }), {}, { found: 'one' }],
  ['404', json({}, 404), {}, { found: 'none' }],
  ['404 without a word', text('', 404), {}, { found: 'none' }],
  ['410 where it is listed', json({}, 410), { not_found: [404, 410] }, { found: 'none' }],
  ['410 where it is not', json({}, 410), {}, BAD_RESPONSE],
  ['404 where it is not listed', json({}, 404), { not_found: ['empty_array'] }, BAD_RESPONSE],
  ['204 where it is listed', (response) => void response.writeHead(204).end(), { not_found: [204] }, { found: 'none' }],
  ['204 where it is not', (response) => void response.writeHead(204).end(), {}, BAD_RESPONSE],
  ['an empty list where it is listed', json([]), { not_found: ['empty_array'] }, { found: 'none' }],
  ['an empty list where it is not', json([]), {}, BAD_RESPONSE],
  ['a list of one', json([RECORD]), {}, { found: 'one' }],
  ['a list of two', json([RECORD, RECORD]), {}, { found: 'many' }],
  ['a list in a list', json([[RECORD]]), {}, BAD_RESPONSE],
  ['null', json(null), {}, BAD_RESPONSE],
  ['a text', json('approved'), {}, BAD_RESPONSE],
  ['a number', text('1.5'), {}, BAD_RESPONSE],
  ['HTML', HTML, {}, BAD_RESPONSE],
  ['no type', (response) => void response.writeHead(200).end(JSON.stringify(RECORD)), {}, BAD_RESPONSE],
  ['two types', (response) => void response.writeHead(200, ['content-type', 'application/json', 'content-type', 'text/html']).end(JSON.stringify(RECORD)), {}, BAD_RESPONSE],
  ['no JSON', text('{"state":"approved"'), {}, BAD_RESPONSE],
  ['two JSON texts', text(`${JSON.stringify(RECORD)}{}`), {}, BAD_RESPONSE],
  ['nothing', text(''), {}, BAD_RESPONSE],
  ['304', (response) => void response.writeHead(304).end(), {}, BAD_RESPONSE],
  ['400', json(RECORD, 400), {}, BAD_RESPONSE],
  ['418', json(RECORD, 418), {}, BAD_RESPONSE],
  ['401', json(RECORD, 401), {}, REFUSED],
  ['403', json(RECORD, 403), {}, REFUSED],
  ['408', json(RECORD, 408), {}, UNAVAILABLE],
  ['429', json(RECORD, 429), {}, UNAVAILABLE],
  ['500', json(RECORD, 500), {}, UNAVAILABLE],
  ['503', json(RECORD, 503), {}, UNAVAILABLE],
] satisfies readonly [string, Respond, object, object][])('%s answered', async (_, respond, response, expected) => {
  const { ask } = await rig.open(await rig.serve(respond), { response, retries: 0 })
  expect(await ask()).toMatchObject(expected)
})
