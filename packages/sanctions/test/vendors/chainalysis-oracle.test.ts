import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NOW } from '../asking.ts'
import { API_KEY, ASKED, createVendorRig, type VendorRig } from './vendor-rig.ts'
import { json, type VendorServer } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

const oracleAt = ({ url }: VendorServer, more: object = {}): object => ({
  name: 'oracle',
  kind: 'chainalysis-oracle',
  url,
  ...more,
})

const word = (end: string): string => `0x${end.padStart(64, '0')}`
const NOT_LISTED = word('0')
const LISTED = word('1')
const quantity = (value: number): string => `0x${value.toString(16)}`

interface Said {
  readonly chain?: unknown
  readonly blockMs?: number
  readonly block?: unknown
  readonly call?: unknown
}

const said = ({ chain = '0x1', blockMs = NOW.getTime(), block, call = NOT_LISTED }: Said = {}): readonly object[] => [
  { jsonrpc: '2.0', id: 1, result: chain },
  { jsonrpc: '2.0', id: 2, result: block ?? { number: '0xdaf2d8', timestamp: quantity(Math.floor(blockMs / 1_000)) } },
  { jsonrpc: '2.0', id: 3, result: call },
]

const judge = async (body: unknown, more: object = {}) => {
  const server = await rig.serve(json(body))
  return (await rig.open([oracleAt(server, more)])).judge()
}

test('the call is the selector and one word, as the ABI encodes it', async () => {
  const server = await rig.serve(json(said()))
  expect((await (await rig.open([oracleAt(server)])).judge()).outcome).toBe('approve')
  expect(server.received).toMatchObject([
    { method: 'POST', path: '/', headers: { 'content-type': 'application/json' } },
  ])
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual([
    { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] },
    { jsonrpc: '2.0', id: 2, method: 'eth_getBlockByNumber', params: ['latest', false] },
    {
      jsonrpc: '2.0',
      id: 3,
      method: 'eth_call',
      params: [
        {
          to: '0x40C57923924B5c5c5455c48D93317139ADDaC8fb',
          data: `0xdf592f7d000000000000000000000000${ASKED.slice(2)}`,
        },
        'latest',
      ],
    },
  ])
})

test('true rejects, in whatever order the answers of the batch stand', async () => {
  const rejection = {
    outcome: 'reject',
    objections: [{ code: 'VENDOR_RISK', text: expect.stringContaining('isSanctioned') as string }],
  }
  expect(await judge(said({ call: LISTED }))).toMatchObject(rejection)
  expect(await judge(said({ call: LISTED }).toReversed())).toMatchObject(rejection)
})

test.each([
  ['nothing, as where no contract is', '0x'],
  ['two', word('2')],
  ['a word that is too short', '0x0'],
  ['a word with more after it', `${NOT_LISTED}00`],
  ['a boolean of JSON', false],
  ['null', null],
])('a call that gives %s is no answer', async (_, call) => {
  expect(await judge(said({ call }))).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
})

describe('a node', () => {
  test('that stopped ten minutes ago is not believed', async () => {
    expect((await judge(said({ blockMs: rig.nowMs - 599_000 }))).outcome).toBe('approve')
    expect((await judge(said({ blockMs: rig.nowMs - 601_000 }))).outcome).toBe('unable')
    expect((await judge(said({ blockMs: rig.nowMs - 601_000 }), { block_age_max: '1h' })).outcome).toBe('approve')
  })

  test('that is ahead of the clock is not believed', async () => {
    expect((await judge(said({ blockMs: rig.nowMs + 62_000 }))).outcome).toBe('unable')
  })

  test('on another chain is not believed', async () => {
    expect((await judge(said({ chain: '0x5' }))).outcome).toBe('unable')
    expect((await judge(said({ chain: '0x2105' }), { chain_id: 8453 })).outcome).toBe('approve')
  })

  test.each([
    ['no block', said({ block: { number: '0x1' } })],
    ['no chain', said({ chain: 1 })],
    ['a call fewer', said().slice(0, 2)],
    ['a call twice', [said()[0], said()[2], said()[2]]],
    [
      'an error beside the result',
      [...said().slice(0, 2), { jsonrpc: '2.0', id: 3, result: NOT_LISTED, error: { code: -32000 } }],
    ],
    ['an error', [...said().slice(0, 2), { jsonrpc: '2.0', id: 3, error: { code: 3, message: 'execution reverted' } }]],
    ['an error for the whole batch', { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no batches' } }],
    ['another version', said().map((entry) => ({ ...entry, jsonrpc: '1.0' }))],
  ])('that gives %s gives no answer', async (_, body) => {
    expect(await judge(body)).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
  })
})

test('the key of a node goes into its path where the operator says so, else into a header; the record has neither', async () => {
  const server = await rig.serve(json(said()))
  const withKey = { api_key_file: 'api.key', cache: '0s' }
  const { judge: judgeByPath } = await rig.open([oracleAt(server, { ...withKey, path: '/v3/{key}' })])
  const { judge: judgeByHeader } = await rig.open([oracleAt(server, withKey)])
  const judgements = [await judgeByPath(), await judgeByHeader()]
  expect(server.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    [`/v3/${API_KEY}`, undefined],
    ['/', `Bearer ${API_KEY}`],
  ])
  expect(JSON.stringify(judgements) + rig.logged.join('')).not.toContain(API_KEY)
})
