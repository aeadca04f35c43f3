import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPriceBook, pricesSchema, type PriceBook } from '../src/prices/index.ts'
import {
  ASSETS,
  CUSTOMER,
  LOG,
  outcomeOf,
  payment,
  startLimitsRig,
  type LimitsRig,
  type WrittenRule,
} from './limits-rig.ts'

// The clock of the test database stands at 2026-01-01T00:00:00Z; prices are read from real files.
const NOW = '2026-01-01T00:00:00Z'
const BEFORE = '2025-12-31T23:54:00Z'
const ETHER = 10n ** 18n
const TRON = 'TEDv9wo5epcVi7pW3rEZUa7wbtPuAKZCer'

interface Quoted {
  readonly price: string
  readonly observed_at?: string
}

let folder = ''
let rig: LimitsRig | undefined
let book: (PriceBook & { stop(): Promise<void> }) | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq prices '))
})
afterEach(async () => {
  await book?.stop()
  await rig?.testDatabase.drop()
  await rm(folder, { recursive: true, force: true })
})

/** A rig whose assets are quoted by these sources. */
async function rigWith(
  sources: readonly Readonly<Record<string, Quoted>>[],
  pegs: Readonly<Record<string, string>> = {},
): Promise<LimitsRig> {
  const names = await Promise.all(
    sources.map(async (quotes, index) => {
      const path = `prices-${String(index)}.json`
      const list = Object.entries(quotes).map(([asset, { price, observed_at = NOW }]) => ({
        asset,
        currency: 'USD',
        price,
        observed_at,
      }))
      await writeFile(join(folder, path), JSON.stringify({ version: 1, quotes: list }))
      return { name: `source-${String(index)}`, kind: 'file' as const, path }
    }),
  )
  const config = pricesSchema.parse({ sources: names, pegs })
  book = await openPriceBook(config, {
    directory: folder,
    assets: ASSETS,
    log: LOG,
    clock: systemClock,
    registry: new Registry(),
  })
  rig = await startLimitsRig({ prices: book })
  return rig
}

const value = (limit: string, assets: readonly string[] = ['ETH']): WrittenRule => ({
  id: 'value',
  match: { asset: [...assets] },
  measure: 'value',
  currency: 'USD',
  window: { rolling: '24h' },
  limit,
})
const twice = (asset: string, quoted: Quoted, other = quoted): readonly Readonly<Record<string, Quoted>>[] => [
  { [asset]: quoted },
  { [asset]: other },
]
const eth = (amountAtomic: bigint): Parameters<typeof payment>[0] => ({ asset: 'ETH', amountAtomic })

test('L30: a value is rounded up, never down', async () => {
  const started = await rigWith(twice('ETH', { price: '3333.333333' }))
  expect(await started.ask([value('9999.999999')], eth(3n * ETHER))).toBe('approve')
  expect(await started.used()).toEqual(['value 999999999900'])
  expect(await started.ask([{ ...value('10000'), id: 'other' }], eth((30_000_001n * ETHER) / 10_000_000n))).toBe(
    'LIMIT_WINDOW',
  )
})

describe('L31: a price that cannot be relied on approves nothing', () => {
  test('nobody quotes it', async () => {
    const started = await rigWith(twice('BTC', { price: '1' }))
    await expect(started.ask([value('1')], eth(1n))).rejects.toThrow(/fewer than 2 sources price ETH/)
  })
  test('it is six minutes old: not now, and no for good once that lasted too long', async () => {
    const started = await rigWith(twice('ETH', { price: '1', observed_at: BEFORE }))
    const asked = payment(eth(1n))
    expect(outcomeOf(await started.claim([value('9')], asked))).toBe('unable PRICE_STALE')
    const firstAskedAt = new Date(Date.parse(NOW) - 600_000)
    expect(outcomeOf(await started.claim([value('9')], asked, { firstAskedAt }))).toBe('PRICE_STALE')
  })
  test('two sources are 1 % apart: the higher one counts', async () => {
    const started = await rigWith(twice('ETH', { price: '1000' }, { price: '1010' }))
    expect(await started.ask([value('2000')], eth(ETHER))).toBe('approve')
    expect(await started.used()).toEqual(['value 101000000000'])
  })
  test('two sources are 20 % apart: not now, and no for good once that lasted too long', async () => {
    const started = await rigWith(twice('ETH', { price: '1000' }, { price: '1200' }))
    const asked = payment(eth(ETHER))
    expect(outcomeOf(await started.claim([value('2000')], asked))).toBe('unable PRICE_UNRELIABLE')
    const firstAskedAt = new Date(Date.parse(NOW) - 600_000)
    expect(outcomeOf(await started.claim([value('2000')], asked, { firstAskedAt }))).toBe('PRICE_UNRELIABLE')
  })
})

test('a payment that is asked again is worth what it was when it was counted, however old its price is by then', async () => {
  const started = await rigWith(twice('ETH', { price: '1000' }))
  const one = { id: 'one', ...eth(ETHER) }
  expect(await started.ask([value('2000')], one)).toBe('approve')
  await started.testDatabase.advance(3_600_000)
  expect(await started.ask([value('2000')], eth(ETHER))).toBe('unable PRICE_STALE')
  expect(await started.ask([value('2000')], one)).toBe('approve')
  expect(await started.used()).toEqual(['value 100000000000'])
})

test('L32: what is released is what was reserved, whatever the price is by then', async () => {
  const started = await rigWith(twice('ETH', { price: '1000' }))
  const asked = payment(eth(ETHER))
  await started.claim([value('2000')], asked)
  for (const path of ['prices-0.json', 'prices-1.json'])
    await writeFile(
      join(folder, path),
      JSON.stringify({ version: 1, quotes: [{ asset: 'ETH', currency: 'USD', price: '500', observed_at: NOW }] }),
    )
  expect(await started.used()).toEqual(['value 100000000000'])
  await started.release(asked)
  expect(await started.used()).toEqual([])
})

test('a stablecoin is worth its peg at least', async () => {
  const started = await rigWith(twice('USDT-ETHEREUM', { price: '0.9' }), { 'USDT-ETHEREUM': 'USD' })
  expect(await started.ask([value('1', ['USDT-ETHEREUM'])], { amountAtomic: 1_000_000n })).toBe('approve')
  expect(await started.used()).toEqual(['value 100000000'])
})

test('a value adds assets up', async () => {
  const quotes = { ETH: { price: '1000' }, 'USDT-ETHEREUM': { price: '1' } }
  const started = await rigWith([quotes, quotes])
  const rules = [value('1500', ['ETH', 'USDT-ETHEREUM'])]
  expect(await started.ask(rules, eth(ETHER))).toBe('approve')
  expect(await started.ask(rules, { amountAtomic: 501_000_000n })).toBe('LIMIT_WINDOW')
  expect(await started.ask(rules, { amountAtomic: 500_000_000n })).toBe('approve')
})

test('L33: 100 USDT are 100 USDT with 6 decimals and with 18, and count together', async () => {
  const quotes = { 'USDT-TRON': { price: '1' }, 'USDT-BSC': { price: '1' } }
  const started = await rigWith([quotes, quotes])
  const rules = [value('150', ['USDT-TRON', 'USDT-BSC'])]
  expect(await started.ask(rules, { asset: 'USDT-TRON', to: TRON, amountAtomic: 100_000_000n })).toBe('approve')
  expect(await started.ask(rules, { asset: 'USDT-BSC', to: CUSTOMER, amountAtomic: 100n * ETHER })).toBe('LIMIT_WINDOW')
  expect(await started.ask(rules, { asset: 'USDT-BSC', to: CUSTOMER, amountAtomic: 50n * ETHER })).toBe('approve')
})

test('L34: the largest amount of a chain is counted exactly', async () => {
  const started = await rigWith(twice('ETH', { price: '1' }))
  const max = 2n ** 256n - 1n
  const limit = '115792089237316195423570985008687907853269984665640564039457.584007913129639935'
  const rules: WrittenRule[] = [{ id: 'huge', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit }]
  expect(await started.ask(rules, eth(max))).toBe('approve')
  expect(await started.used()).toEqual([`huge ${String(max)}`])
  expect(await started.ask(rules, eth(1n))).toBe('LIMIT_WINDOW')
})
