import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRules } from '../src/index.ts'
import { ASSETS } from './payments.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq limits '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function problemsOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 'rules.yaml')
  await writeFile(path, text)
  // Two sources price ETH, one prices USDT.
  const covers = (asset: string): readonly string[] =>
    asset === 'ETH' ? ['one', 'two'] : asset === 'USDT-ETHEREUM' ? ['one'] : []
  return readRules(path, { assets: ASSETS, covers }).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
}

test('a file with rules of every kind has no problem', async () => {
  const text = `version: 1
wallet_groups: { hot: [hot-1, hot-2] }
destination_groups: { exchange: [{ chain: ethereum, address: "0x0f76f604fd7762bd94b48ca2523f69ab9665c97f" }] }
holidays: { germany: [2026-12-25] }
rules:
  - { id: tx, name: One payment, match: { asset: [ETH] }, window: tx, limit: "1.5" }
  - { id: hour, match: { asset: [ETH] }, window: { rolling: 1h }, limit: "2" }
  - { id: day, match: { asset: [ETH] }, window: { calendar: day, tz: Europe/Berlin }, limit: "5" }
  - { id: week, match: { asset: [ETH] }, window: { calendar: week, week_start: sunday }, limit: "9", include_fee: true }
  - { id: ever, match: { wallet_group: [hot], asset: [ETH] }, per: [wallet-group, asset], window: lifetime, limit: "5000" }
  - { id: exchange, match: { destination_group: [exchange] }, per: [destination-group, asset], window: { rolling: 24h }, limit: "7" }
  - { id: value, match: { asset: [ETH] }, measure: value, currency: USD, per: [], window: { rolling: 24h }, limit: "5000.12345678" }
  - { id: outputs, measure: count, count_unit: output, window: { rolling: 1h }, limit: "5" }
  - { id: messages, match: { operation: [message] }, measure: count, window: { rolling: 1h }, limit: "5" }
  - { id: spacing, kind: min-interval, interval: 60s, per: [wallet, destination] }
  - { id: pending, kind: outstanding, measure: count, limit: "50" }
  - { id: new, kind: new-destination, cooldown: 24h, unlisted: first-sight, probation: { for: 24h, count: "1", amount: "3" } }
  - { id: office, kind: schedule, tz: UTC, open: [{ days: [mon, fri], from: "22:00", to: "06:00" }], holidays: germany }
  - { id: try-out, mode: shadow, window: { rolling: 24h }, limit: "0" }
`
  expect(await problemsOf(text)).toEqual([])
})

// prettier-ignore
test.each([
  ['two rules of one id', '- { id: a, window: tx, limit: "1" }\n  - { id: a, window: tx, limit: "2" }', /rules\[1\]\.id: is already the id of rules\[0\]/],
  ['an asset that is not known', '- { id: a, match: { asset: [NOPE] }, window: tx, limit: "1" }', /names the asset NOPE/],
  ['a chain that is not known', '- { id: a, match: { chain: [NOPE] }, window: tx, limit: "1" }', /names the chain NOPE/],
  ['a group of wallets that is not there', '- { id: a, match: { wallet_group: [x] }, window: tx, limit: "1" }', /names the group x, which is not among wallet_groups/],
  ['a group of destinations that is not there', '- { id: a, match: { destination_group: [x] }, window: tx, limit: "1" }', /names the group x, which is not among destination_groups/],
  ['amounts of different assets in one counter', '- { id: a, per: [wallet], window: tx, limit: "1" }', /pools amounts of different assets/],
  ['more decimals than the asset has', '- { id: a, match: { asset: [USDT-ETHEREUM] }, window: tx, limit: "0.0000001" }', /more decimals than USDT-ETHEREUM \(6\)/],
  ['a limit that never says no', '- { id: a, window: { rolling: 1h }, limit: "9" }\n  - { id: b, window: { rolling: 24h }, limit: "5" }', /larger than that of b/],
  ['a payment above the limit of its day', '- { id: a, window: tx, limit: "9" }\n  - { id: b, window: { calendar: day }, limit: "5" }', /larger than that of b/],
  ['a window longer than a year', '- { id: a, window: { rolling: 9000h }, limit: "1" }', /rules\[0\]\.window/],
  ['a limit that is a number', '- { id: a, window: tx, limit: 1000 }', /rules\[0\]\.limit: .*expected a decimal string/],
  ['a negative limit', '- { id: a, window: tx, limit: "-1" }', /rules\[0\]\.limit/],
  ['a limit with a leading zero', '- { id: a, window: tx, limit: "007" }', /rules\[0\]\.limit/],
  ['a limit that no amount can reach', `- { id: a, match: { asset: [ETH] }, window: tx, limit: "9${'0'.repeat(59)}" }`, /rules\[0\]\.limit: is beyond 256 bits of ETH/],
  ['a dimension twice', '- { id: a, per: [asset, asset], window: tx, limit: "1" }', /names a dimension twice/],
  ['an unknown member', '- { id: a, window: tx, limit: "1", limits: "2" }', /limits/],
  ['a limit without a limit', '- { id: a, window: tx }', /rules\[0\]\.limit: is missing/],
  ['a limit without a window', '- { id: a, limit: "1" }', /rules\[0\]\.window: is missing/],
  ['a member of another kind', '- { id: a, window: tx, limit: "1", interval: 5s }', /interval: means nothing in a rule of kind limit/],
  ['an interval without its length', '- { id: a, kind: min-interval }', /interval: is missing/],
  ['a time zone that does not exist', '- { id: a, window: { calendar: day, tz: Mars/Olympus }, limit: "1" }', /rules\[0\]\.window/],
  ['a time zone that is an offset', '- { id: a, kind: schedule, tz: "+02:00", open: [{ days: [mon], from: "08:00", to: "20:00" }] }', /rules\[0\]\.tz/],
  ['hours that never are', '- { id: a, kind: schedule, tz: UTC, open: [{ days: [mon], from: "08:00", to: "08:00" }] }', /has no hours in entry 0/],
  ['holidays that are not listed', '- { id: a, kind: schedule, tz: UTC, open: [{ days: [mon], from: "08:00", to: "20:00" }], holidays: nowhere }', /names nowhere, which is not among holidays/],
  ['a value without its currency', '- { id: a, match: { asset: [ETH] }, measure: value, window: tx, limit: "1" }', /currency: is missing/],
  ['a currency without a value', '- { id: a, currency: USD, window: tx, limit: "1" }', /currency: means nothing where the measure is amount/],
  ['a value that one source prices', '- { id: a, match: { asset: [USDT-ETHEREUM] }, measure: value, currency: USD, window: tx, limit: "1" }', /fewer than 2 sources price USDT-ETHEREUM/],
  ['a cap on new destinations that nobody prices', '- { id: a, kind: new-destination, cooldown: 1h, probation: { for: 1h, value: "1", currency: USD } }', /fewer than 2 sources price/],
  ['a probation that caps nothing', '- { id: a, kind: new-destination, cooldown: 1h, probation: { for: 1h } }', /caps nothing/],
  ['a count with a fraction', '- { id: a, measure: count, window: { rolling: 1h }, limit: "1.5" }', /a whole number/],
  ['an amount of messages', '- { id: a, match: { operation: [message] }, window: tx, limit: "1" }', /messages have none/],
  ['assets of other chains than the rule names', '- { id: a, match: { chain: [bsc], asset: [ETH] }, window: tx, limit: "1" }', /never applies/],
  ['the fee of a destination', '- { id: a, per: [destination, asset], include_fee: true, window: tx, limit: "1" }', /fees, which have no destination/],
])('refuses %s', async (_, rules, expected) => {
  const problems = await problemsOf(`version: 1\nrules:\n  ${rules}\n`)
  expect(problems.join('\n')).toMatch(expected)
})

describe('groups', () => {
  const rules = 'rules: [{ id: a, window: tx, limit: "1" }]'
  // prettier-ignore
  test.each([
    ['a wallet in two of them', 'wallet_groups: { a: [x], b: [x] }', /wallet_groups\.b\[0\]: is in the group a already/],
    ['an address in two spellings in two of them', 'destination_groups: { a: [{ chain: ethereum, address: "0x0f76f604fd7762bd94b48ca2523f69ab9665c97f" }], b: [{ chain: ethereum, address: "0x0F76f604fd7762bD94B48ca2523F69ab9665C97F" }] }', /is in the group a already|is not an address/],
    ['an address of another chain', 'destination_groups: { a: [{ chain: solana, address: "0x0f76f604fd7762bd94b48ca2523f69ab9665c97f" }] }', /address: is not an address of solana/],
    ['a chain that is not known', 'destination_groups: { a: [{ chain: nope, address: x }] }', /nope is not in the registry/],
  ])('refuses %s', async (_, groups, expected) => {
    expect((await problemsOf(`version: 1\n${groups}\n${rules}\n`)).join('\n')).toMatch(expected)
  })
})

test('limits near the largest amount of a chain can be compared with each other', async () => {
  const max = '115792089237316195423570985008687907853269984665640564039457.584007913129639935'
  const text = `version: 1
rules:
  - { id: hour, match: { asset: [ETH] }, window: { rolling: 1h }, limit: "${max}" }
  - { id: day, match: { asset: [ETH] }, window: { rolling: 24h }, limit: "${max}" }
`
  expect(await problemsOf(text)).toEqual([])
})

test('tells all problems at once, each with its line', async () => {
  const problems = await problemsOf(`version: 1
rules:
  - { id: a, match: { asset: [NOPE] }, window: tx, limit: "1" }
  - { id: a, per: [wallet], window: tx, limit: "1" }
`)
  expect(problems).toHaveLength(3)
  expect(problems[0]).toMatch(/rules\.yaml:3:\d+ /)
  expect(problems[2]).toMatch(/rules\.yaml:4:\d+ /)
})
