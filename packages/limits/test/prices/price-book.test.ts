import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NO_PRICES, type UsedPrice } from '../../src/prices/index.ts'
import { createPriceRig, NOW, type PriceRig } from './price-rig.ts'
import { answer, ether, httpSource, often, priceFile } from './quotes-of.ts'

let rig: PriceRig
beforeEach(async () => {
  rig = await createPriceRig()
})
afterEach(() => rig.close())

/** What never happened stands there with 0. */
const metric = async (name: string): Promise<readonly string[]> =>
  (await rig.registry.getSingleMetricAsString(`callback_quorum_limits_price_${name}`))
    .split('\n')
    .slice(2)
    .filter((line) => !(name === 'fetch_total' && line.endsWith(' 0')))

test('a file and an HTTP source make a price of two quotes', async () => {
  const market = await rig.server()
  market.respond = answer('"3333.333333"')
  await rig.write('prices.yaml', priceFile('3300', '2026-03-01T11:58:00Z'))
  const book = await rig.open(
    `sources:\n  - { name: treasury, kind: file, path: prices.yaml }\n${httpSource('market', market)}`,
  )
  const used: UsedPrice = {
    currency: 'USD',
    price: '3333.333333',
    quotes: [
      { source: 'treasury', price: '3300', observed_at: '2026-03-01T11:58:00.000Z' },
      { source: 'market', price: '3333.333333', observed_at: NOW.toISOString() },
    ],
  }
  expect(book.price('ETH', 'USD', NOW)).toEqual({ result: 'price', used })
  expect(market.requests).toHaveLength(1)
  expect(market.requests[0]).toMatchObject({ method: 'GET', url: '/v1/quotes?venue=a' })
  expect(market.requests[0]?.headers).not.toHaveProperty('authorization')
  expect(rig.log).toEqual([])
})

test('tells which sources can price an asset in a currency', async () => {
  const market = await rig.server()
  await rig.write('prices.yaml', priceFile('3300', 'always'))
  const book = await rig.open(
    `sources:\n  - { name: treasury, kind: file, path: prices.yaml }\n${httpSource('market', market)}`,
  )
  expect(book.covers('ETH', 'USD')).toEqual(['treasury', 'market'])
  expect(book.covers('ETH', 'EUR')).toEqual([])
  expect(book.covers('BTC', 'USD')).toEqual([])
  expect(book.price('BTC', 'USD', NOW).result).toBe('missing')
})

test('a book without prices knows nothing', () => {
  expect(NO_PRICES.covers('ETH', 'USD')).toEqual([])
  expect(NO_PRICES.price('ETH', 'USD', NOW).result).toBe('missing')
})

test('sources are asked again, and what they say then is used', async () => {
  const servers = [await rig.server(), await rig.server()]
  for (const server of servers) server.respond = answer('"100"')
  const book = await rig.open(`sources:\n${servers.map((server, at) => httpSource(`s${at}`, server)).join('')}`, often)
  expect(ether(book)).toBe('100')
  for (const server of servers) server.respond = answer('"105"')
  await vi.waitFor(() => expect(ether(book)).toBe('105'))
})

test('a source that fails keeps its quotes, which age, and its recovery is told', async () => {
  const servers = [await rig.server(), await rig.server()]
  for (const server of servers) server.respond = answer('"100"')
  const book = await rig.open(`sources:\n${servers.map((server, at) => httpSource(`s${at}`, server)).join('')}`, often)
  servers[1]!.respond = (_, response) => response.writeHead(500).write('a body without end')
  await vi.waitFor(async () =>
    expect((await metric('fetch_total')).join()).toMatch(/source="s1",outcome="http_status"/),
  )
  expect(ether(book)).toBe('100')
  expect(ether(book, new Date(NOW.getTime() + 300_000))).toBe('100')
  expect(ether(book, new Date(NOW.getTime() + 300_001))).toBe('stale')
  servers[1]!.respond = answer('"101"')
  await vi.waitFor(() => expect(ether(book)).toBe('101'))
  expect(rig.log.map((line) => JSON.parse(line) as object)).toMatchObject([
    { source: 's1', cause: 'http_status', reason: 'answered 500', msg: 'the price source failed' },
    { source: 's1', msg: 'the price source answers again' },
  ])
})

test('an asset that an answer leaves out has no quote of that source any more', async () => {
  const servers = [await rig.server(), await rig.server()]
  for (const server of servers) server.respond = answer('"100"')
  const mapped = servers.map((server, at) =>
    httpSource(`s${at}`, server).replace('{ ETH: ETH }', '{ ETH: ETH, B: BTC }'),
  )
  const book = await rig.open(`sources:\n${mapped.join('')}`, often)
  expect(ether(book)).toBe('100')
  servers[0]!.respond = answer('"60000"', undefined, 'B')
  await vi.waitFor(() => expect(ether(book)).toBe('stale'))
})

test('metrics tell the age of the newest good fetch and every outcome', async () => {
  const [good, bad] = [await rig.server(), await rig.server()]
  good.respond = answer('"100"')
  bad.respond = 'no JSON'
  await rig.open(`sources:\n${httpSource('good', good)}${httpSource('bad', bad)}`)
  rig.clock.ms += 12_000
  expect(await metric('age_seconds')).toEqual([
    'callback_quorum_limits_price_age_seconds{source="good"} 12',
    'callback_quorum_limits_price_age_seconds{source="bad"} +Inf',
  ])
  expect((await metric('fetch_total')).toSorted()).toEqual([
    'callback_quorum_limits_price_fetch_total{source="bad",outcome="malformed"} 1',
    'callback_quorum_limits_price_fetch_total{source="good",outcome="ok"} 1',
  ])
})

test('after stop nothing is asked, and a request on its way is given up', async () => {
  const server = await rig.server()
  server.respond = answer('"100"')
  const book = await rig.open(`sources:\n${httpSource('slow', server, ', timeout: 30s')}`, often)
  const { promise: closed, resolve } = Promise.withResolvers<string>()
  server.respond = (request) => void request.socket.once('close', () => resolve('closed'))
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(1))
  const asked = server.requests.length
  await book.stop()
  expect(await closed).toBe('closed')
  expect(server.requests).toHaveLength(asked)
  expect(await metric('fetch_total')).not.toContainEqual(expect.stringContaining('transport'))
  await book.stop()
})
