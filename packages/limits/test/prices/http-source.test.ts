import { chmod } from 'node:fs/promises'
import { ConfigError } from '@callback-quorum/service'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CERTIFICATE, createPriceRig, type PriceRig, type PriceServer, type Respond } from './price-rig.ts'
import { answer, ether, httpSource, often, priceFile } from './quotes-of.ts'

let rig: PriceRig
beforeEach(async () => {
  rig = await createPriceRig()
  await rig.write('prices.yaml', priceFile('100', 'always'))
})
afterEach(() => rig.close())

const FETCHES = 'callback_quorum_limits_price_fetch_total'
const TREASURY = '  - { name: treasury, kind: file, path: prices.yaml }\n'

/** The price of one ether beside a treasury that says 100, and why the market failed, if it did. */
async function ask(market: PriceServer, more = ''): Promise<{ price: string; cause?: string }> {
  const book = await rig.open(`sources:\n${TREASURY}${httpSource('market', market, more)}`)
  const [line] = rig.log
  return { price: ether(book), ...(line === undefined ? {} : { cause: (JSON.parse(line) as { cause: string }).cause }) }
}

const askWhen = async (respond: Respond | string, more = ''): Promise<{ price: string; cause?: string }> => {
  const market = await rig.server()
  market.respond = respond
  return ask(market, more)
}

const MEBIBYTE = 1024 * 1024

// prettier-ignore
test.each([
  ['as a text', answer('"100.10"'), '100.10'],
  ['as a number, by its digits', answer('100.100000000000000000000000000001'), '100.100000000000000000000000000001'],
  ['beside numbers that no double holds', answer('100.1,"volume":123456789012345678901234567890.5e3'), '100.1'],
  ['beside assets that nobody asked for', `{"data":{"items":[{"symbol":"DOGE"},${answer('101').slice(18)}`, '101'],
  ['1 % away', answer('101'), '101'],
  ['in an answer of a mebibyte', answer('101').padEnd(MEBIBYTE), '101'],
])('takes a price %s', async (_, body, price) => {
  expect(await askWhen(body)).toEqual({ price })
})

// prettier-ignore
test.each([
  ['no answer in time', () => undefined, 'timeout'],
  ['an answer that is never complete', (_, response) => void response.write('{"data"'), 'timeout'],
  ['a connection that is closed', ({ socket }) => void socket.destroy(), 'transport'],
  ['an answer that is cut off', (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 })
    response.write(answer('100'), () => response.socket?.destroy())
  }, 'transport'],
  ['status 500', (_, response) => void response.writeHead(500).end(answer('100')), 'http_status'],
  ['status 500 and a body without end', (_, response) => void response.writeHead(500).write('...'), 'http_status'],
  ['status 203', (_, response) => void response.writeHead(203).end(answer('100')), 'http_status'],
  ['no content', (_, response) => void response.writeHead(204).end(), 'http_status'],
  ['an answer larger than a mebibyte', answer('100').padEnd(MEBIBYTE + 1), 'malformed'],
  ['an empty answer', '', 'malformed'],
  ['an answer that is no JSON', '<html>', 'malformed'],
  ['JSON and something after it', `${answer('100')} x`, 'malformed'],
  ['a number as the name of a member', answer('100,1:2'), 'malformed'],
  ['a member twice', answer('100,"last":1'), 'malformed'],
  ['a member twice, escaped', answer('100,"l\\u0061st":1'), 'malformed'],
  ['a member that differs by case only', answer('100,"LAST":1'), 'malformed'],
  ['a member __proto__', answer('100,"__proto__":{}'), 'malformed'],
  ['nesting without end', '['.repeat(500_000) + ']'.repeat(500_000), 'malformed'],
  ['text that is not UTF-8', (_, response) => void response.end(Buffer.from(answer('"\xff"'), 'latin1')), 'malformed'],
  ['no list', '{"data":{}}', 'malformed'],
  ['a list that is an object', '{"data":{"items":{"symbol":"ETH"}}}', 'malformed'],
  ['an empty list', '{"data":{"items":[]}}', 'malformed'],
  ['none of the assets', answer('100', undefined, 'BTC'), 'malformed'],
  ['an entry that is no object', '{"data":{"items":["ETH"]}}', 'malformed'],
  ['an entry without a name', '{"data":{"items":[{"last":1}]}}', 'malformed'],
  ['an asset twice', answer('100,"ts":"2026-03-01T12:00:00Z"},{"symbol":"ETH","last":100'), 'malformed'],
  ['no time', answer('100', 'null'), 'malformed'],
  ['a time in another format', answer('100', '1772366400'), 'malformed'],
  ['a time without a zone', answer('100', '"2026-03-01T12:00:00"'), 'malformed'],
  ['a day that is in no calendar', answer('100', '"2026-02-29T12:00:00Z"'), 'malformed'],
] satisfies readonly [string, Respond | string, string][])('has no quote after %s', async (_, respond, cause) => {
  expect(await askWhen(respond, ', timeout: 300ms')).toEqual({ price: 'stale', cause })
})

test.each([301, 302, 307, 308])('does not follow a redirect with status %i', async (status) => {
  const elsewhere = await rig.server()
  elsewhere.respond = answer('100')
  const asked = await askWhen((_, response) => response.writeHead(status, { location: elsewhere.url }).end())
  expect(asked).toEqual({ price: 'stale', cause: 'http_status' })
  expect(elsewhere.requests).toEqual([])
})

test('has no quote of a server that is not there', async () => {
  expect(await ask({ url: 'http://127.0.0.1:1', requests: [], respond: '' })).toEqual({
    price: 'stale',
    cause: 'transport',
  })
})

// prettier-ignore
test.each([
  ['zero', '0', 'missing'],
  ['zero, as a text', '"0.000"', 'missing'],
  ['a negative number', '-100', 'missing'],
  ['a number with an exponent', '1e2', 'missing'],
  ['a text with an exponent', '"1E2"', 'missing'],
  ['no price', 'null', 'missing'],
  ['true', 'true', 'missing'],
  ['a list', '[100]', 'missing'],
  ['a text that is no number', '"n/a"', 'missing'],
  ['a text longer than any price', `"1${'0'.repeat(70)}"`, 'missing'],
  ['20 % more than the other source says', '120', 'unreliable'],
])('gives no price when a source says %s', async (_, price, result) => {
  expect(await askWhen(answer(price))).toEqual({ price: result })
})

// prettier-ignore
test.each([
  ['iso', '"2026-03-01T12:00:00.123456Z"', '2026-03-01T12:00:00.123Z'],
  ['iso', '"2026-03-01T13:00:00+01:00"', '2026-03-01T12:00:00.000Z'],
  ['unix_s', '1772366400', '2026-03-01T12:00:00.000Z'],
  ['unix_s', '"1772366400.7499"', '2026-03-01T12:00:00.749Z'],
  ['unix_ms', '1772366400001', '2026-03-01T12:00:00.001Z'],
])('reads a time in %s: %s', async (format, ts, iso) => {
  const market = await rig.server()
  market.respond = answer('100', ts)
  const yaml = httpSource('market', market).replace('_format: iso', `_format: ${format}`)
  const pricing = (await rig.open(`sources:\n${TREASURY}${yaml}`)).price('ETH', 'USD', new Date(iso))
  expect(pricing).toMatchObject({ used: { quotes: [{}, { source: 'market', observed_at: iso }] } })
})

test('milliseconds taken for seconds, and seconds for milliseconds, are refused', async () => {
  for (const [format, ts] of [
    ['unix_s', '1772366400001'],
    ['unix_ms', '1772366400'],
  ] as const) {
    const market = await rig.server()
    market.respond = answer('100', ts)
    const yaml = httpSource('market', market).replace('_format: iso', `_format: ${format}`)
    rig.registry.clear()
    expect(ether(await rig.open(`sources:\n${TREASURY}${yaml}`))).toBe('stale')
  }
})

test('a body that is the list itself is read, and members further down', async () => {
  const market = await rig.server()
  market.respond = '[{"base":{"id":1027},"quote":{"USD":{"price":100.5}},"at":1772366400}]'
  const yaml =
    `  - { name: market, kind: http, url: "${market.url}", currency: USD, assets: { "1027": ETH }, ` +
    'map: { list: "", asset: base.id, price: quote.USD.price, observed_at: at, observed_at_format: unix_s } }\n'
  expect(ether(await rig.open(`sources:\n${TREASURY}${yaml}`))).toBe('100.5')
})

test('HTTPS is trusted by the authority that is named, and by no other', async () => {
  const market = await rig.server('tls')
  market.respond = answer('101')
  expect(await ask(market, `, ca: "${CERTIFICATE}"`)).toEqual({ price: '101' })
  rig.registry.clear()
  expect(await ask(market)).toEqual({ price: 'stale', cause: 'transport' })
  expect(market.requests).toHaveLength(1)
})

test('a token goes as a bearer, is read again for each request, and reaches no log', async () => {
  await rig.write('token', 'first-secret\n', 0o600)
  const market = await rig.server()
  const given = new Set<string | undefined>()
  market.respond = ({ headers }, response) => {
    given.add(headers.authorization)
    response.writeHead(403).end()
  }
  await rig.open(`sources:\n${httpSource('market', market, ', token_file: token')}`, often)
  await rig.write('token', 'second-secret', 0o600)
  await vi.waitFor(() => expect([...given]).toEqual(['Bearer first-secret', 'Bearer second-secret']))
  expect(rig.log.join('')).toMatch(/answered 403/)
  expect(rig.log.join('')).not.toContain('secret')
})

test('a token file that is opened to others later ends the requests', async () => {
  const token = await rig.write('token', 'secret', 0o600)
  const market = await rig.server()
  market.respond = answer('100')
  await rig.open(`sources:\n${httpSource('market', market, ', token_file: token')}`, often)
  await chmod(token, 0o644)
  await vi.waitFor(() => expect(rig.log.join('')).toMatch(/token: is open to others/))
  const asked = market.requests.length
  const fetches = (): Promise<string> => rig.registry.getSingleMetricAsString(FETCHES)
  await vi.waitFor(async () => expect(await fetches()).toMatch(/outcome="malformed"} [3-9]/))
  expect(market.requests).toHaveLength(asked)
})

// prettier-ignore
test.each([
  ['a token file that is open to others', ', token_file: token', 0o604, /token: is open to others/],
  ['a token file with two lines', ', token_file: lines', 0o600, /lines: holds no bearer token/],
  ['a token file that is not there', ', token_file: none', 0o600, /none: cannot be opened \(ENOENT\)/],
  ['a token file that is a folder', ', token_file: .', 0o600, /not a small regular file/],
  ['a certificate file that is none', ', ca: token', 0o600, /token: cannot be read as a certificate/],
])('does not open with %s', async (_, more, mode, expected) => {
  await rig.write('token', 'secret\n', mode)
  await rig.write('lines', 'secret\nx: y\n', 0o600)
  const market = await rig.server()
  const refused = ask(market, more)
  await expect(refused).rejects.toThrow(ConfigError)
  await expect(refused).rejects.toThrow(expected)
  await expect(refused).rejects.not.toThrow(/secret/)
  expect(market.requests).toEqual([])
})
