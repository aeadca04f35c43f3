import { createLogger, createMetricsRegistry, systemClock } from '@callback-quorum/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connector } from '../../src/index.ts'
import { openSqlConnector } from '../../src/connectors/sql/sql-connector.ts'
import { CUSTOMER, outcomeOf, payment, settings, startLookupRig, type LookupRig } from '../lookup-rig.ts'
import { block, claim, ruleOf, WALLET, whitelisting } from './whitelisting-rig.ts'

let rig: LookupRig
let connector: Connector
beforeAll(async () => {
  rig = await startLookupRig()
  const payouts = await rig.business.open()
  await payouts.query({
    text: 'create table whitelisting (wallet_id text, state text, asset text, address text, memo text, valid_until text)',
  })
  const { connector: config, map } = settings(rig.readerUrl)
  const log = createLogger({ level: 'silent', name: 'rig' })
  const common = { config, map, directory: '/', clock: systemClock, log, registry: createMetricsRegistry('rig') }
  connector = await openSqlConnector({ ...common, whitelisting: block() })
})
afterAll(async () => {
  await connector.close()
  await rig.close()
})

test('a record whitelists once: asked again it is the same, another request is refused until it is given back', async () => {
  const payouts = await rig.business.open()
  await payouts.query({
    text: `insert into whitelisting values ($1, 'approved', 'ETH', $2, null, '2026-11-21 13:00:00+00')`,
    values: [WALLET, CUSTOMER],
  })
  const rule = ruleOf(connector)
  const first = whitelisting({ id: 'r-1' })
  expect(await claim(rig.database, rule, first)).toMatchObject({ outcome: 'approve', evidence: { claim: 'claimed' } })
  // By another API user, of another Co-signer: one change has one business key.
  const again = { ...whitelisting({ id: 'r-1' }), caller: 'cosigner-2', signerId: 'user-2' }
  expect(await claim(rig.database, rule, again)).toMatchObject({ outcome: 'approve', evidence: { claim: 'again' } })
  expect(outcomeOf(await claim(rig.database, rule, whitelisting({ id: 'r-2' })))).toBe('REF_ALREADY_USED')
  const rows = await rig.database.query({ text: 'select reference, state, signatures, slots from claim' })
  expect(rows).toEqual([{ reference: `whitelisting:${WALLET}`, state: 'held', signatures: 0, slots: null }])

  await payouts.query({ text: `update whitelisting set asset = 'POL'` })
  const changed = whitelisting({ id: 'r-1', asset: 'POL' })
  expect(outcomeOf(await claim(rig.database, rule, changed))).toBe('INTENT_CHANGED')
  await payouts.query({ text: `update whitelisting set asset = 'ETH'` })

  await rig.database.transaction((tx) => rule.release?.(first.businessKey, tx) ?? Promise.resolve())
  expect(outcomeOf(await claim(rig.database, rule, whitelisting({ id: 'r-2' })))).toBe('approve')
})

test('a payment cannot name what a whitelisting is claimed under', async () => {
  const reference = `whitelisting:${WALLET}`
  await rig.add({ reference })
  expect(outcomeOf(await rig.judge(payment({ reference }), { connector, pattern: '^.*$' }))).toBe('REF_INVALID')
})
