import { afterEach, beforeEach, expect, test } from 'vitest'
import { codesOf } from '../asking.ts'
import { CLEAN_BTC } from '../rule-under-test.ts'
import { createVendorRig, ellipticAt, type VendorRig } from '../vendors/vendor-rig.ts'
import { json } from '../vendors/vendor-server.ts'
import { account, CLEAN, otherChange, transfer, whitelisting } from './workspace.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

test('a vendor is asked about an address that is whitelisted as about a destination: no vendor needs an amount', async () => {
  const server = await rig.serve(json({ name: 'NotInBlockchain' }, 404))
  const { judge } = await rig.open([ellipticAt(server, { on_unknown: 'reject' })])
  expect(codesOf(await judge(whitelisting(CLEAN)))).toEqual(['VENDOR_UNKNOWN'])
  expect(codesOf(await judge(transfer('tx-approval', [CLEAN])))).toEqual(['VENDOR_UNKNOWN'])
  expect(codesOf(await judge(account('EXCHANGE', [['BTC', CLEAN_BTC]])))).toEqual(['VENDOR_UNKNOWN'])
  const asked = server.received.map(({ body }) => (JSON.parse(body) as { subject: { hash: string } }).subject.hash)
  expect(asked).toEqual([CLEAN.toLowerCase(), CLEAN.toLowerCase(), CLEAN_BTC])
})

test('an address of an asset that nobody knows is unknown to every vendor', async () => {
  const server = await rig.serve(json({}, 400))
  const { judge } = await rig.open([ellipticAt(server, { on_unknown: 'reject' })])
  expect(codesOf(await judge(account('EXCHANGE', [['NO-SUCH', CLEAN]])))).toEqual(['VENDOR_UNKNOWN'])
  expect(server.received).toEqual([])
  expect((await judge(otherChange('ADD_USER'))).outcome).toBe('approve')
})
