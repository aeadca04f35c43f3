import { randomInt } from 'node:crypto'
import { CHANGE_TYPES } from '@callback-quorum/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connector } from '../../src/index.ts'
import { openSqlConnector } from '../../src/connectors/sql/sql-connector.ts'
import { createLogger, createMetricsRegistry, systemClock } from '@callback-quorum/service'
import { CUSTOMER, outcomeOf, settings, startLookupRig, type LookupRig } from '../lookup-rig.ts'
import { block, change, judge, ruleOf, WALLET, whitelisting, type Asked } from './whitelisting-rig.ts'

let rig: LookupRig
let connector: Connector
beforeAll(async () => {
  rig = await startLookupRig()
  const payouts = await rig.business.open()
  await payouts.query({
    text: 'create table whitelisting (wallet_id text, state text, asset text, address text, memo text, valid_until text)',
  })
  connector = await open()
})
afterAll(async () => {
  await connector.close()
  await rig.close()
})
beforeEach(async () => {
  await (await rig.business.open()).query({ text: 'delete from whitelisting' })
})

function open(more: object = {}): Promise<Connector> {
  const { connector: config, map } = settings(rig.readerUrl)
  const log = createLogger({ level: 'silent', name: 'rig' })
  const common = { config, map, directory: '/', clock: systemClock, log, registry: createMetricsRegistry('rig') }
  return openSqlConnector({ ...common, whitelisting: block(more) })
}

const RECORD = { wallet: WALLET, state: 'approved', asset: 'ETH', address: CUSTOMER, until: '2026-11-21 13:00:00+00' }
async function add(more: Partial<typeof RECORD> & { readonly memo?: string } = {}): Promise<void> {
  const {
    wallet,
    state,
    asset,
    address,
    until,
    memo = null,
  } = { ...RECORD, ...more } as typeof RECORD & {
    memo?: string
  }
  await (
    await rig.business.open()
  ).query({
    text: 'insert into whitelisting values ($1, $2, $3, $4, $5, $6)',
    values: [wallet, state, asset, address, memo, until],
  })
}
const outcome = async (asked: Asked = {}, askedAgoMs = 0): Promise<string> =>
  outcomeOf(await judge(ruleOf(connector), whitelisting(asked), askedAgoMs))

test('what the record says is approved, with every comparison in evidence', async () => {
  await add()
  const judged = await judge(ruleOf(connector), whitelisting())
  expect(outcomeOf(judged)).toBe('approve')
  expect(judged.evidence).toMatchObject({ reference: WALLET, connector: 'sql' })
  const fields = (judged.evidence?.['comparisons'] as { field: string; ok: boolean }[]).map(({ field, ok }) => [
    field,
    ok,
  ])
  expect(fields).toEqual(
    ['reference', 'status', 'asset', 'destination', 'tag', 'expires_at'].map((name) => [name, true]),
  )
  expect(await outcome({ address: CUSTOMER.toLowerCase() })).toBe('approve')
})

describe('whatever differs is rejected', () => {
  test.each<[string, Asked, Partial<typeof RECORD> & { readonly memo?: string }, string]>([
    ['a chain', { asset: 'POL' }, {}, 'ASSET_MISMATCH'],
    ['another asset of the same chain', { asset: 'USDT-ETHEREUM' }, {}, 'ASSET_MISMATCH'],
    ['an asset that the business system does not know', {}, { asset: 'EUR' }, 'FIELD_INVALID'],
    ['a tag that only the request has', { tag: '1' }, {}, 'TAG_MISMATCH'],
    ['a tag that only the record has', {}, { memo: '1' }, 'TAG_MISMATCH'],
    ['a tag by one character', { tag: '4711' }, { memo: '4712' }, 'TAG_MISMATCH'],
    ['a tag by a zero in front', { tag: '4711' }, { memo: '04711' }, 'TAG_MISMATCH'],
    ['a status', {}, { state: 'draft' }, 'INTENT_STATUS'],
    ['a status by its case', {}, { state: 'Approved' }, 'INTENT_STATUS'],
    ['a time that is over', {}, { until: '2026-11-21 12:00:00+00' }, 'INTENT_EXPIRED'],
    ['a record without an address', {}, { address: '' }, 'FIELD_INVALID'],
    ['an address of another chain', { address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa' }, {}, 'DESTINATION_MISMATCH'],
  ])('%s', async (_what, asked, recorded, code) => {
    await add(recorded)
    expect(await outcome(asked)).toBe(code)
  })

  test('an address by any one of its characters', async () => {
    await add()
    const digits = Array.from({ length: 16 }, (_, digit) => digit.toString(16))
    for (let place = 2; place < CUSTOMER.length; place += 1) {
      const written = CUSTOMER.toLowerCase()
      const others = digits.filter((digit) => digit !== written[place])
      const address = written.slice(0, place) + (others[randomInt(others.length)] ?? '') + written.slice(place + 1)
      expect([address, await outcome({ address })]).toEqual([address, 'DESTINATION_MISMATCH'])
    }
    expect(await outcome({ address: '' })).toBe('DESTINATION_MISMATCH')
  })

  test('P2PKH and P2WPKH of one key are two addresses', async () => {
    await add({ asset: 'BTC', address: '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH' })
    expect(await outcome({ asset: 'BTC', address: '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH' })).toBe('approve')
    const segwit = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'
    expect(await outcome({ asset: 'BTC', address: segwit })).toBe('DESTINATION_MISMATCH')
  })
})

test('the same tag on both sides is approved', async () => {
  await add({ asset: 'XRP', address: 'rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh', memo: '4711' })
  const address = 'rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh'
  expect(await outcome({ asset: 'XRP', address, tag: '4711' })).toBe('approve')
  expect(await outcome({ asset: 'XRP', address })).toBe('TAG_MISMATCH')
})

test('a record that is not there is "not yet" for a while, and two are none', async () => {
  expect(await outcome({}, 14_999)).toBe('unable INTENT_NOT_FOUND')
  expect(await outcome({}, 15_000)).toBe('INTENT_NOT_FOUND')
  await add()
  await add({ asset: 'POL' })
  expect(await outcome()).toBe('REF_AMBIGUOUS')
})

test('a wallet with addresses of several assets is asked about by wallet and asset', async () => {
  await add()
  await add({ asset: 'POL', address: CUSTOMER })
  const query = `select wallet_id || ':' || asset as wallet_id, state, asset, address, memo, valid_until from whitelisting
                 where wallet_id || ':' || asset = $1 limit 2`
  const both = { reference: 'wallet_id:asset', query }
  const other = await open(both)
  const ask = async (asked: Asked): Promise<string> =>
    outcomeOf(await judge(ruleOf(other, block(both)), whitelisting(asked)))
  expect(await ask({ asset: 'POL' })).toBe('approve')
  expect(await ask({ asset: 'ETH' })).toBe('approve')
  expect(await ask({ asset: 'USDT-ETHEREUM' })).toBe('unable INTENT_NOT_FOUND')
  await other.close()
})

test('a wallet that is not named, or not by an id, is asked about nowhere', async () => {
  await add()
  expect(await outcome({ walletId: '' })).toBe('REF_MISSING')
  for (const walletId of [`${WALLET}:ETH`, "x' or 1=1", '%', `${WALLET} `, 'a/b'])
    expect(await outcome({ walletId })).toBe('REF_INVALID')
})

test('a payment of the same name is no whitelisting', async () => {
  await rig.add({ reference: WALLET })
  expect(await outcome({}, 15_000)).toBe('INTENT_NOT_FOUND')
})

test('every other change of the workspace is rejected, and so is each without the block of the configuration', async () => {
  await add()
  const rule = ruleOf(connector)
  for (const type of CHANGE_TYPES.filter((one) => one !== 'UNMANAGED_WALLET')) {
    const question = { ...whitelisting(), configChange: { type, walletId: WALLET, addresses: [] } }
    expect([type, outcomeOf(await judge(rule, question))]).toEqual([type, 'NOTHING_TO_LOOK_UP'])
  }
  expect(outcomeOf(await judge(rule, change(undefined, 'r-2')))).toBe('NOTHING_TO_LOOK_UP')
  const { configChange } = whitelisting()
  expect(outcomeOf(await judge(rule, change(configChange, 'r-3')))).toBe('OUTPUTS_MISMATCH')
  const [output] = whitelisting().outputs
  if (output === undefined) throw new Error('a whitelisting has an output')
  const outputs = [output, output]
  expect(outcomeOf(await judge(rule, { ...whitelisting(), outputs }))).toBe('OUTPUTS_MISMATCH')
})
