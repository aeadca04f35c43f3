import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CUSTOMER, outcomeOf } from '../lookup-rig.ts'
import { json, RECORD } from '../connectors/http/business-server.ts'
import { createHttpRig, MAP, type HttpRig } from '../connectors/http/http-rig.ts'
import { block, judge, ruleOf, WALLET, whitelisting } from './whitelisting-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

const RECORDED = { state: 'approved', currency: 'ETH', address: CUSTOMER, memo: null }
const blockAt = (port: number) =>
  block({
    query: undefined,
    url: `https://payouts.test:${String(port)}/v1/whitelistings/{reference}`,
    map: {
      status: { at: '/state' },
      asset: { at: '/currency' },
      destination: { at: '/address' },
      tag: { at: '/memo' },
    },
    compare: { status: { in: ['approved'] }, no_expiry: true, no_reference: true },
  })

test('a whitelisting is asked for at its own path of the same server, and read by its own mapping', async () => {
  const server = await rig.serve((response, received) => {
    json(received.path.startsWith('/v1/whitelistings/') ? RECORDED : RECORD)(response, received)
  })
  const settings = blockAt(server.port)
  const { connector, ask } = await rig.open(server, {}, MAP, settings)
  const rule = ruleOf(connector, settings)
  expect(outcomeOf(await judge(rule, whitelisting()))).toBe('approve')
  expect(outcomeOf(await judge(rule, whitelisting({ asset: 'POL' })))).toBe('ASSET_MISMATCH')
  expect(outcomeOf(await judge(rule, whitelisting({ tag: '1' })))).toBe('TAG_MISMATCH')
  expect((await ask()).found).toBe('one')
  const place = `/v1/whitelistings/${WALLET}`
  expect(server.received.map(({ path }) => path)).toEqual([place, place, place, '/v1/withdrawals/WD-1'])
})

test('what the server does not know, or does not answer, is no approval', async () => {
  const server = await rig.serve(json({}, 404))
  const settings = blockAt(server.port)
  const { connector } = await rig.open(server, { retries: 0 }, MAP, settings)
  const rule = ruleOf(connector, settings)
  expect(outcomeOf(await judge(rule, whitelisting()))).toBe('unable INTENT_NOT_FOUND')
  server.respond = json([RECORDED, RECORDED])
  expect(outcomeOf(await judge(rule, whitelisting()))).toBe('REF_AMBIGUOUS')
  server.respond = json({}, 500)
  expect(outcomeOf(await judge(rule, whitelisting()))).toBe('unable CONNECTOR_UNAVAILABLE')
  expect(outcomeOf(await judge(rule, whitelisting(), 600_000))).toBe('CONNECTOR_UNAVAILABLE')
  server.respond = json({ state: 'approved', currency: 'ETH', memo: null })
  expect(outcomeOf(await judge(rule, whitelisting()))).toBe('FIELD_INVALID')
})
