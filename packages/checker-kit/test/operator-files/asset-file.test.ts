import { STARTER_ASSETS } from '@callback-quorum/chains'
import { ConfigError } from '@callback-quorum/service'
import { describe, expect, it } from 'vitest'
import { loadAssets } from '../../src/operator-files/asset-file.ts'
import { fileWith } from '../describe/requests.ts'

const CHAIN = `chains: [{ id: bitcoin, family: bitcoin, network: mainnet, cobo: BTC }]`
const ASSET = `{ id: BTC, chain: bitcoin, symbol: BTC, decimals: 8, cobo: BTC }`
const load = async (text: string) => loadAssets(await fileWith(text, 'assets.yaml'))

describe('assets.yaml', () => {
  it('replaces the starter registry and is not added to it', async () => {
    const { registry } = await load(`${CHAIN}\nassets: [${ASSET}]`)
    expect(registry.assets.map(({ id }) => id)).toEqual(['BTC'])
    expect(registry.byCobo('ETH', 'ETH')).toBeUndefined()
  })

  it('is the starter registry when there is no file', async () => {
    const { registry, digest } = await loadAssets(undefined)
    expect(registry.assets).toHaveLength(STARTER_ASSETS.assets.length)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect((await loadAssets(undefined)).digest).toBe(digest)
  })

  it('has a digest that changes with its content', async () => {
    const one = await load(`${CHAIN}\nassets: [${ASSET}]`)
    const other = await load(`${CHAIN}\nassets: [${ASSET.replace('decimals: 8', 'decimals: 9')}]`)
    expect(other.digest).not.toBe(one.digest)
    expect(one.digest).not.toBe((await loadAssets(undefined)).digest)
  })

  it.each([
    ['an asset that stands twice', `${CHAIN}\nassets: [${ASSET}, ${ASSET}]`, /BTC stands twice/],
    [
      'a chain that is not listed',
      `${CHAIN}\nassets: [${ASSET.replace('chain: bitcoin', 'chain: litecoin')}]`,
      /litecoin is unknown/,
    ],
    ['an unknown member', `${CHAIN}\nassets: [${ASSET}]\nmore: 1`, /not a known key/],
    ['no asset', `${CHAIN}\nassets: []`, /at least 1/],
  ])('is refused for %s', async (_, text, problem) => {
    const error = await load(text).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(error instanceof ConfigError && error.problems.join('\n')).toMatch(problem)
  })
})
