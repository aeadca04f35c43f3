import { ConfigError, parseConfigText } from '@callback-quorum/service'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pricesSchema } from '../../src/prices/index.ts'
import { createPriceRig, type PriceRig } from './price-rig.ts'

let rig: PriceRig
beforeEach(async () => {
  rig = await createPriceRig()
})
afterEach(() => rig.close())

const MAP = '{ list: data.items, asset: symbol, price: last, observed_at: ts, observed_at_format: iso }'
const MARKET = `{ name: market, kind: http, url: "https://prices.internal/v1", currency: USD, assets: { ETH: ETH }, map: ${MAP} }`
const TREASURY = '{ name: treasury, kind: file, path: prices.yaml }'

const parse = (text: string) => parseConfigText(text, 'limits.yaml', pricesSchema, {}).value
const sources = (...entries: readonly string[]): string => `sources: [${entries.join(', ')}]\n`

function problemsOf(text: string): string {
  try {
    parse(text)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

test('what is left out has the documented values', () => {
  expect(parse(sources(TREASURY, MARKET))).toMatchObject({
    max_age: 300_000,
    max_deviation: '0.10',
    pegs: {},
    sources: [{ every: 30_000 }, { every: 30_000, timeout: 3_000 }],
  })
})

test.each(['http://127.0.0.1:8080/x', 'http://[::1]/x', 'http://localhost/x', 'https://10.0.0.1/x?venue=a'])(
  'takes prices from %s',
  (url) => expect(problemsOf(sources(MARKET.replace('https://prices.internal/v1', url)))).toBe(''),
)

test.each([
  'http://prices.internal/x',
  'http://10.0.0.1/x',
  'ftp://127.0.0.1/x',
  'https://u:p@host/x',
  'https://host/#x',
  'prices',
])('takes no prices from %s', (url) =>
  expect(problemsOf(sources(MARKET.replace('https://prices.internal/v1', url)))).toMatch(
    /sources\[0\]\.url: .*expected an https URL/,
  ),
)

const MANY = Array.from({ length: 9 }, (_, at) => `{ name: s${at}, kind: file, path: s${at}.yaml }`)

// prettier-ignore
test.each([
  ['no source', sources(), /sources: .*expected at least one source/],
  ['nine sources', sources(...MANY), /sources: .*expected at most 8 sources/],
  ['two sources of one name', sources(TREASURY, MARKET.replace('market', 'treasury')), /sources\[1\]\.name: is the name of another source/],
  ['one file as two sources', sources(TREASURY, TREASURY.replace('treasury', 'copy').replace('prices', './prices')), /sources\[1\]\.path: is that of another source/],
  ['one URL as two sources', sources(MARKET, MARKET.replace('market', 'copy').replace('prices.internal', 'PRICES.internal:443')), /sources\[1\]\.url: is that of another source/],
  ['a kind that is not known', sources('{ name: a, kind: ftp }'), /sources\[0\]\.kind/],
  ['a member that is not known', sources(TREASURY.replace('}', ', timeout: 3s }')), /timeout: is not a known key/],
  ['a source that is asked less often than quotes live', `max_age: 30s\n${sources(TREASURY)}`, /sources\[0\]\.every: is not shorter than max_age/],
  ['a deviation that is a number', `max_deviation: 0.1\n${sources(TREASURY)}`, /max_deviation: .*expected a decimal string from 0 to 1/],
  ['a deviation above one', `max_deviation: "1.1"\n${sources(TREASURY)}`, /max_deviation/],
  ['a negative deviation', `max_deviation: "-0.1"\n${sources(TREASURY)}`, /max_deviation/],
  ['a peg to something else than a currency', `pegs: { USDT-TRON: 1 }\n${sources(TREASURY)}`, /pegs/],
  ['no assets', sources(MARKET.replace('{ ETH: ETH }', '{}')), /sources\[0\]\.assets: .*expected 1 to 1000 assets/],
  ['an asset under two names', sources(MARKET.replace('{ ETH: ETH }', '{ ETH: ETH, WETH: ETH }')), /sources\[0\]\.assets: .*expected each asset of the registry once/],
  ['a path with an empty member', sources(MARKET.replace('data.items', 'data..items')), /sources\[0\]\.map\.list/],
  ['an empty path for the price', sources(MARKET.replace('price: last', 'price: ""')), /sources\[0\]\.map\.price/],
  ['a format of time that is not known', sources(MARKET.replace('format: iso', 'format: rfc2822')), /observed_at_format/],
])('refuses %s', (_, text, expected) => {
  expect(problemsOf(text)).toMatch(expected)
})

test('assets that are not in the registry keep the book from opening, all of them told', async () => {
  const text = `pegs: { NOPE: USD }\n${sources(MARKET.replace('{ ETH: ETH }', '{ ETH: ETH, X: NADA }'))}`
  const refused = rig.open(text)
  await expect(refused).rejects.toThrow(ConfigError)
  await expect(refused).rejects.toMatchObject({
    problems: [
      'prices.pegs.NOPE: is not in the asset registry; expected an id of assets.yaml',
      'prices.sources[0].assets.X: is not in the asset registry; expected an id of assets.yaml',
    ],
  })
})
