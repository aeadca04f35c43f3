import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, parseConfigText } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkCompare, compareSchema } from '../../src/compare/compare-config.ts'
import { loadOperators } from '../../src/compare/operators.ts'
import { toleranceProblems } from '../../src/compare/tolerance-problems.ts'
import { ASSETS } from '../lookup-rig.ts'
import { MAP, RULES } from './records.ts'

const at = { at: '/x' }
const WITHOUT = { reference: undefined }
const STATUS = 'status: { in: [approved] }'

const problemsOf = (text: string, map = {}, kind: 'http' | 'sql' | 'inbox' = 'http'): string => {
  try {
    parseConfigText(`${STATUS}\n${text}\n`, 'compare.yaml', compareSchema, {}, (compare) =>
      checkCompare(compare, { reference: { at: '/id' }, ...MAP, ...map }, kind),
    )
    return 'none'
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

describe('comparisons are configured', () => {
  test.each([
    ['by nothing but the states', '', {}],
    [
      'in the only way that there is',
      'asset: { op: equal }\ndestination: { op: same_address }\ntag: { op: equal }\nexpires_at: { op: after }',
      {},
    ],
    ['with equal amounts', 'amount: { op: equal }', {}],
    ['with amounts at most', 'amount: { op: at_most }', {}],
    ['with amounts within', 'amount: { op: within, by: "0.5" }', {}],
    ['with amounts within basis points', 'amount: { op: within_bps, by: 10 }', {}],
    ['with an initiator', 'initiator: { op: equal }', { initiator: at }],
    ['with a table of initiators', 'initiator: { op: mapped, table: operators.yaml }', { initiator: at }],
    ['with a source', 'source: { op: equal }', { source: at }],
    ['with call data', 'calldata: { op: equal }', { calldata: at }],
    ['without an expiry', 'no_expiry: true', { expires_at: undefined }],
  ])('%s', (_, text, map) => {
    expect(problemsOf(text, map)).toBe('none')
  })

  test.each([
    ['an asset compared loosely', 'asset: { op: mapped }', {}, /asset.*cannot be weakened/],
    ['a destination compared as text', 'destination: { op: equal }', {}, /destination.*cannot be weakened/],
    ['a tag that is ignored', 'tag: { op: ignore }', {}, /tag.*cannot be weakened/],
    ['an expiry that is ignored', 'expires_at: { op: before }', {}, /expires_at.*cannot be weakened/],
    ['an amount at least', 'amount: { op: at_least }', {}, /amount.*within_bps/],
    ['an amount in the words of elsewhere', 'amount: { op: atMost }', {}, /amount/],
    ['a tolerance as a number', 'amount: { op: within, by: 0.5 }', {}, /amount\.by.*whole units as a text/],
    ['a tolerance with an exponent', 'amount: { op: within, by: "5e-1" }', {}, /amount\.by/],
    ['a negative tolerance', 'amount: { op: within, by: "-1" }', {}, /amount\.by/],
    ['a tolerance that is missing', 'amount: { op: within }', {}, /amount\.by.*missing/],
    ['a tolerance of a third', 'amount: { op: within_bps, by: 3333 }', {}, /amount\.by/],
    ['a tolerance where none is used', 'amount: { op: equal, by: "1" }', {}, /amount\.by.*not a known key/],
    ['a table that is missing', 'initiator: { op: mapped }', { initiator: at }, /initiator\.table/],
    ['an initiator that is not read', 'initiator: { op: equal }', {}, /initiator.*map\.initiator/],
    ['an initiator that is not compared', '', { initiator: at }, /map\.initiator.*never compared/],
    ['a source that is not read', 'source: { op: equal }', {}, /source.*map\.source/],
    ['a source that is not compared', '', { source: at }, /map\.source.*never compared/],
    ['call data that is not read', 'calldata: { op: equal }', {}, /calldata.*map\.calldata/],
    ['call data that is not compared', '', { calldata: at }, /map\.calldata.*never compared/],
    ['a tag that is not read', 'tag: { op: equal }', { tag: undefined }, /tag.*map\.tag/],
    ['no expiry at all', '', { expires_at: undefined }, /map\.expires_at.*no_expiry/],
    ['an expiry and none', 'no_expiry: true', {}, /no_expiry.*contradicts map\.expires_at/],
    [
      'an expiry compared and none',
      'no_expiry: true\nexpires_at: { op: after }',
      { expires_at: undefined },
      /no_expiry.*contradicts compare\.expires_at/,
    ],
    ['that some payments expire', 'no_expiry: false', {}, /no_expiry/],
    ['a comparison that does not exist', 'fee: { op: at_most }', {}, /fee.*not a known key/],
  ])('and refused with %s', (_, text, map, expected) => {
    expect(problemsOf(text, map)).toMatch(expected)
  })
})

test('a tolerance finer than an asset is told for each code', () => {
  const amount = { op: 'within', by: '0.0000001' } as const
  const problems = toleranceProblems({ ...RULES, compare: { ...RULES.compare, amount } }, ASSETS)
  expect(problems).toHaveLength(3)
  expect(problems.join()).toMatch(/asset_codes\.USDT-ERC20.*asset_codes\.XRP/)
  expect(toleranceProblems(RULES, ASSETS)).toEqual([])
})

describe('the table of initiators', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cq operators '))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const mapped = { initiator: { op: 'mapped', table: 'operators.yaml' } } as const
  const load = async (text: string) => {
    await writeFile(join(folder, 'operators.yaml'), text)
    return loadOperators(mapped, folder)
  }

  test('names the ids of each operator, and has a digest', async () => {
    const operators = await load('alice: [key-1, key-2]\nbob@example: [key-3]\n')
    expect([...(operators?.idsOf ?? [])]).toEqual([
      ['alice', ['key-1', 'key-2']],
      ['bob@example', ['key-3']],
    ])
    expect((await load('alice: [key-1]\n'))?.digest).not.toBe(operators?.digest)
  })

  test.each([
    ['has an operator without ids', 'alice: []'],
    ['has an operator with one id that is no list', 'alice: key-1'],
    ['has an empty id', 'alice: [""]'],
    ['has an id that is a number', 'alice: [12]'],
    ['names an operator twice', 'alice: [a]\nalice: [b]'],
    ['is a list', '- alice'],
    ['is empty', ''],
  ])('is refused when it %s', async (_, text) => {
    await expect(load(text)).rejects.toThrow(ConfigError)
  })

  test('is refused when it is not there, and not read when nothing asks for it', async () => {
    const missing = { initiator: { op: 'mapped', table: 'nowhere.yaml' } } as const
    await expect(loadOperators(missing, folder)).rejects.toThrow(ConfigError)
    expect(await loadOperators({ initiator: { op: 'equal' } }, '/nowhere')).toBeUndefined()
    expect(await loadOperators({}, '/nowhere')).toBeUndefined()
  })
})
