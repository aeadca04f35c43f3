import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@callback-quorum/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRulesFile } from '../src/index.ts'
import { ASSETS } from './limits-rig.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq limits '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function problemsOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 'rules.yaml')
  await writeFile(path, text)
  return readRulesFile(path, ASSETS).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
}

test('a file with sensible limits has no problem', async () => {
  const text = `version: 1
rules:
  - { id: tx, match: { asset: [ETH] }, window: tx, limit: "1.5" }
  - { id: hour, match: { asset: [ETH] }, window: { rolling: 1h }, limit: "2" }
  - { id: day, match: { asset: [ETH] }, window: { rolling: 24h }, limit: "5" }
`
  expect(await problemsOf(text)).toEqual([])
})

// prettier-ignore
test.each([
  ['two rules of one id', '- { id: a, window: tx, limit: "1" }\n  - { id: a, window: tx, limit: "2" }', /rules\[1\]\.id: is already the id of rules\[0\]/],
  ['an asset that is not known', '- { id: a, match: { asset: [NOPE] }, window: tx, limit: "1" }', /names the asset NOPE/],
  ['amounts of different assets in one counter', '- { id: a, per: [wallet], window: tx, limit: "1" }', /pools amounts of different assets/],
  ['more decimals than the asset has', '- { id: a, match: { asset: [USDT-ETHEREUM] }, window: tx, limit: "0.0000001" }', /more decimals than USDT-ETHEREUM \(6\)/],
  ['a limit that never says no', '- { id: a, window: { rolling: 1h }, limit: "9" }\n  - { id: b, window: { rolling: 24h }, limit: "5" }', /larger than that of b/],
  ['a window longer than a year', '- { id: a, window: { rolling: 9000h }, limit: "1" }', /longer than 366 days/],
  ['a limit that is a number', '- { id: a, window: tx, limit: 1000 }', /rules\[0\]\.limit: .*expected a decimal string/],
  ['a negative limit', '- { id: a, window: tx, limit: "-1" }', /rules\[0\]\.limit/],
  ['a limit with a leading zero', '- { id: a, window: tx, limit: "007" }', /rules\[0\]\.limit/],
  ['a limit that no amount can reach', `- { id: a, match: { asset: [ETH] }, window: tx, limit: "9${'0'.repeat(59)}" }`, /rules\[0\]\.limit: is beyond 256 bits of ETH/],
  ['a dimension twice', '- { id: a, per: [asset, asset], window: tx, limit: "1" }', /names a dimension twice/],
  ['an unknown member', '- { id: a, window: tx, limit: "1", limits: "2" }', /limits/],
])('refuses %s', async (_, rules, expected) => {
  const problems = await problemsOf(`version: 1\nrules:\n  ${rules}\n`)
  expect(problems.join('\n')).toMatch(expected)
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
