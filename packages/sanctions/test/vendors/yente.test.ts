import { afterEach, beforeEach, expect, test } from 'vitest'
import { outputTo, paymentTo, questionOf } from '../asking.ts'
import { CLEAN, CLEAN_BTC, LAZARUS } from '../rule-under-test.ts'
import { API_KEY, createVendorRig, ETHEREUM, type VendorRig } from './vendor-rig.ts'
import { text, type VendorServer } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

const yenteAt = ({ url }: VendorServer, more: object = {}): object => ({
  name: 'names',
  kind: 'yente',
  url,
  dataset: 'sanctions',
  on_match: 'reject',
  parties: [{ chain: 'ethereum', address: CLEAN, name: 'Example Trading Ltd', schema: 'Company' }],
  ...more,
})

/** As yente's routers/match.py and data/common.py build it. */
const matches = (...scores: readonly string[]): string =>
  `{"responses":{"party":{"status":200,"results":[${scores
    .map(
      (score) =>
        `{"id":"NK-1","caption":"EXAMPLE TRADING","schema":"Company","score":${score},"match":false,"features":{}}`,
    )
    .join(',')}],"total":{"value":${String(scores.length)},"relation":"eq"},"query":{}}},"matcher":{},"limit":5}`

test('the name of an address is looked for, by the dataset, algorithm and threshold of the configuration', async () => {
  const server = await rig.serve(text(matches()))
  const { judge } = await rig.open([yenteAt(server, { api_key_file: 'api.key' })])
  expect((await judge()).outcome).toBe('approve')
  expect(server.received).toMatchObject([
    {
      method: 'POST',
      path: '/match/sanctions?algorithm=logic-v2&threshold=0.70',
      headers: { authorization: `ApiKey ${API_KEY}` },
      body: '{"queries":{"party":{"schema":"Company","properties":{"name":["Example Trading Ltd"]}}}}',
    },
  ])
})

test.each([
  ['0.7', 'reject'],
  ['0.70', 'reject'],
  ['1.0', 'reject'],
  ['0.6999999999999999999', 'approve'],
  ['1e-05', 'approve'],
])(
  'a score of %s at a threshold of 0.70: %s, by the score and not by what the server calls a match',
  async (score, outcome) => {
    const server = await rig.serve(text(matches('0.1', score)))
    expect((await (await rig.open([yenteAt(server)])).judge()).outcome).toBe(outcome)
  },
)

test('a match that is only reported approves nothing by itself and stands in the record', async () => {
  const server = await rig.serve(text(matches('0.95')))
  expect(await (await rig.open([yenteAt(server, { on_match: 'report' })])).judge()).toMatchObject({
    outcome: 'approve',
    evidence: {
      vendors: [{ answers: [{ findings: [{ category: 'EXAMPLE TRADING', level: '0.95', effect: 'report' }] }] }],
    },
  })
})

test('an address without a name is not asked about, and needs no spelling that vendors know', async () => {
  const server = await rig.serve(text(matches('1')))
  const { judge } = await rig.open([yenteAt(server)])
  for (const question of [
    paymentTo(ETHEREUM, LAZARUS),
    questionOf({ chain: ETHEREUM, outputs: [outputTo(ETHEREUM, LAZARUS)] }),
  ])
    expect(await judge(question)).toMatchObject({
      outcome: 'approve',
      evidence: { vendors: [{ answers: [{ status: 'skipped' }] }] },
    })
  expect(server.received).toEqual([])
})

test('the name belongs to the address in any spelling', async () => {
  const server = await rig.serve(text(matches('1')))
  expect((await (await rig.open([yenteAt(server)])).judge(paymentTo(ETHEREUM, CLEAN.toLowerCase()))).outcome).toBe(
    'reject',
  )
})

test.each([
  ['no responses', '{"responses":{}}'],
  ['the response to another query', '{"responses":{"q":{"status":200,"results":[]}}}'],
  ['a failed query', '{"responses":{"party":{"status":500,"results":[]}}}'],
  ['no results', '{"responses":{"party":{"status":200}}}'],
  ['a score of null', matches('null')],
  ['a score above 1', matches('1.01')],
  ['an error', '{"detail":"Invalid query"}'],
])('an answer with %s is none, also where a match is only reported', async (_, body) => {
  const server = await rig.serve(text(body))
  expect(await (await rig.open([yenteAt(server, { on_match: 'report' })])).judge()).toMatchObject({
    outcome: 'unable',
    code: 'VENDOR_UNAVAILABLE',
  })
})

test('a party whose address or chain cannot be read is refused at start, all of them at once', async () => {
  const server = await rig.serve(text(matches()))
  const parties = [
    { chain: 'ethereum', address: CLEAN_BTC, name: 'a' },
    { chain: 'NOWHERE', address: CLEAN, name: 'b' },
    { chain: 'ethereum', address: CLEAN, name: 'c' },
    { chain: 'ethereum', address: CLEAN.toLowerCase(), name: 'd' },
  ]
  await expect(rig.open([yenteAt(server, { parties })])).rejects.toMatchObject({
    problems: [
      'vendor names, parties[0].address: is no address of ethereum',
      'vendor names, parties[1].chain: is not in the asset registry',
      'vendor names, parties[3].address: has a name already; expected each address once',
    ],
  })
})
