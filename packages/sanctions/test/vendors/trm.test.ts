import { afterEach, beforeEach, expect, test } from 'vitest'
import { API_KEY, ASKED, createVendorRig, trmAt, type VendorRig } from './vendor-rig.ts'
import { json } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

/** The form that users of the API publish (threshold-network/token-dashboard, src/types/trm.ts). */
const result = (more: object = {}): object => ({
  accountExternalId: null,
  address: ASKED,
  addressRiskIndicators: [],
  addressSubmitted: ASKED,
  chain: 'ethereum',
  entities: [],
  trmAppUrl: `https://my.trmlabs.com/address/${ASKED}/eth`,
  ...more,
})

const indicator = (level: number | null, riskType: string, more: object = {}): object => ({
  category: 'Sanctions',
  categoryId: '69',
  categoryRiskScoreLevel: level,
  categoryRiskScoreLevelLabel: 'as by the level',
  incomingVolumeUsd: '387155446.31',
  outgoingVolumeUsd: '28324.01',
  riskType,
  totalVolumeUsd: '387183770.32',
  ...more,
})

const entity = (level: number | null): object => ({
  category: 'Exchange',
  entity: 'An Exchange',
  riskScoreLevel: level,
  trmUrn: '/entity/1',
})

const judge = async (body: unknown, more: object = {}, status = 201) => {
  const server = await rig.serve(json(body, status))
  return (await rig.open([trmAt(server, more)])).judge()
}

test('one address is asked about, on the chain in the words of TRM, with the key as both parts of basic authentication', async () => {
  const server = await rig.serve(json([result()], 201))
  await (await rig.open([trmAt(server)])).judge()
  expect(server.received).toMatchObject([
    {
      method: 'POST',
      path: '/public/v2/screening/addresses',
      headers: { authorization: `Basic ${Buffer.from(`${API_KEY}:${API_KEY}`).toString('base64')}` },
      body: JSON.stringify([{ address: ASKED, chain: 'ethereum' }]),
    },
  ])
})

test('user and password of the key file are sent as they are', async () => {
  await rig.write('pair.key', 'user:password')
  const server = await rig.serve(json([result()]))
  await (await rig.open([trmAt(server, { api_key_file: 'pair.key' })])).judge()
  expect(server.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:password').toString('base64')}`)
})

// prettier-ignore
test.each([
  ['ownership, severe',                 [indicator(15, 'OWNERSHIP')],                                   'reject'],
  ['ownership, high',                   [indicator(10, 'OWNERSHIP')],                                   'reject'],
  ['ownership, medium',                 [indicator(5, 'OWNERSHIP')],                                    'approve'],
  ['counterparty, severe',              [indicator(15, 'COUNTERPARTY')],                                'reject'],
  ['counterparty, severe, lower case',  [indicator(15, 'COUNTERPARTY', { category: 'sanctions' })],     'reject'],
  ['counterparty, another category',    [indicator(15, 'COUNTERPARTY', { category: 'Gambling' })],      'approve'],
  ['counterparty, high',                [indicator(10, 'COUNTERPARTY')],                                'approve'],
  ['counterparty of 999.99 dollars',    [indicator(15, 'COUNTERPARTY', { totalVolumeUsd: '999.99' })],  'approve'],
  ['counterparty of 1000 dollars',      [indicator(15, 'COUNTERPARTY', { totalVolumeUsd: '1000.00' })], 'reject'],
  ['counterparty of an unread volume',  [indicator(15, 'COUNTERPARTY', { totalVolumeUsd: 'much' })],    'reject'],
  ['counterparty of no volume',         [indicator(15, 'COUNTERPARTY', { totalVolumeUsd: null })],      'reject'],
  ['indirect, severe',                  [indicator(15, 'INDIRECT')],                                    'approve'],
  ['one of two rejects',                [indicator(1, 'INDIRECT'), indicator(15, 'OWNERSHIP')],         'reject'],
])('%s: %s', async (_, addressRiskIndicators, outcome) => {
  expect((await judge([result({ addressRiskIndicators })])).outcome).toBe(outcome)
})

test('a rule for any risk type holds for all of them', async () => {
  const reject = [{ risk_type: 'any', level: 'low' }]
  expect(await judge([result({ addressRiskIndicators: [indicator(1, 'INDIRECT')] })], { reject })).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'VENDOR_RISK', text: expect.stringContaining('Sanctions (Low, INDIRECT)') as string }],
  })
})

test('who owns the address counts as ownership', async () => {
  expect(await judge([result({ entities: [entity(10)] })])).toMatchObject({
    outcome: 'reject',
    objections: [{ text: expect.stringContaining('Exchange (High, An Exchange, OWNERSHIP)') as string }],
  })
  expect((await judge([result({ entities: [entity(1)] })])).outcome).toBe('approve')
})

// prettier-ignore
test.each([
  ['S29: an indicator of level Unknown (0)', result({ addressRiskIndicators: [indicator(0, 'OWNERSHIP')] })],
  ['an indicator without level',             result({ addressRiskIndicators: [indicator(null, 'OWNERSHIP')] })],
  ['a level outside the table',              result({ addressRiskIndicators: [indicator(7, 'INDIRECT')] })],
  ['an owner of level Unknown (0)',          result({ entities: [entity(0)] })],
  ['a highest level Unknown (0)',            result({ addressHighestRiskScoreLevel: 0, addressRiskIndicators: [indicator(1, 'INDIRECT')] })],
  ['a highest level that nothing explains',  result({ addressHighestRiskScoreLevel: 15, addressRiskIndicators: [indicator(1, 'INDIRECT')] })],
  ['nothing at all',                         result()],
  ['nothing, and a highest level of null',   result({ addressHighestRiskScoreLevel: null })],
])('%s is unknown', async (_, body) => {
  expect(await judge([body])).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNKNOWN' })
})

test('what is known to be risky rejects beside what is unknown', async () => {
  const addressRiskIndicators = [indicator(0, 'INDIRECT'), indicator(15, 'OWNERSHIP')]
  expect((await judge([result({ addressRiskIndicators })])).outcome).toBe('reject')
})

test('nothing at all counts as clean only when the operator says so, and Unknown not even then', async () => {
  expect((await judge([result()], { never_seen: 'clean' })).outcome).toBe('approve')
  expect((await judge([result({ addressHighestRiskScoreLevel: 0 })], { never_seen: 'clean' })).outcome).toBe('unable')
})

test('a highest level that is Low is clean, unless a rule begins there', async () => {
  expect((await judge([result({ addressHighestRiskScoreLevel: 1 })])).outcome).toBe('approve')
  const reject = [{ risk_type: 'any', level: 'low' }]
  expect((await judge([result({ addressHighestRiskScoreLevel: 1 })], { reject })).outcome).toBe('unable')
})

// prettier-ignore
test.each([
  ['no result',                    []],
  ['two results',                  [result(), result()]],
  ['a result that is not a list',  result()],
  ['another address',              [result({ address: `${ASKED.slice(0, -1)}0` })]],
  ['another submitted address',    [result({ addressSubmitted: `${ASKED.slice(0, -1)}0` })]],
  ['no indicators',                [result({ addressRiskIndicators: undefined })]],
  ['no owners',                    [result({ entities: undefined })]],
  ['an unknown risk type',         [result({ addressRiskIndicators: [indicator(1, 'NEARBY')] })]],
  ['an indicator without a level', [result({ addressRiskIndicators: [{ category: 'x', riskType: 'OWNERSHIP' }] })]],
  ['an error',                     [result({ error: { message: 'failed' } })]],
])('an answer with %s is none', async (_, body) => {
  expect(await judge(body, { never_seen: 'clean' })).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
})

test('a chain that is not in the asset registry is refused at start', async () => {
  const server = await rig.serve(json([result()]))
  await expect(
    rig.open([trmAt(server, { chains: { ethereum: 'ethereum', etherium: 'ethereum' } })]),
  ).rejects.toMatchObject({
    problems: ['vendor trm, chains.etherium: is not in the asset registry'],
  })
})
