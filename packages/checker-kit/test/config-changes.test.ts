import type { WrittenJson } from '@callback-quorum/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { rejects, scriptedRule } from './checker-rig.ts'
import { startCosignerRig, type CosignerAsk, type CosignerRig } from './cosigner-rig.ts'

const rule = scriptedRule('listed', ['config-change'])
let rig: CosignerRig
let requestId = ''
let count = 0
beforeAll(async () => {
  rig = await startCosignerRig([rule], 'config_changes: { UNMANAGED_WALLET: judge, ADD_USER: approve }')
})
beforeEach(() => {
  requestId = `change-${String((count += 1))}`
  rule.judgeSays = () => Promise.resolve({ outcome: 'approve' })
  rule.seen.length = 0
})
afterAll(() => rig.close())

const change = (type: string, extraInfo: WrittenJson): CosignerAsk => ({
  request: { kind: 'config-change', content: { requestId, type, extraInfo } },
  signerId: 'approver-1',
  signedBy: 'cosigner-1',
})
const whitelisting = (asset = 'ETH'): CosignerAsk =>
  change('UNMANAGED_WALLET', {
    subType: 'EXTERNAL',
    walletName: 'Supplier',
    walletId: 'wallet-1',
    asset,
    address: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  })
const recorded = async (): Promise<unknown> => {
  const text = 'select outcome, judged, codes, evidence from verdict_record where request_id = $1 order by record_id'
  return rig.database.query({ text, values: [requestId] })
}
const attempts = (): Promise<readonly object[]> =>
  rig.database.query({
    text: 'select state, holds, lapses_at from attempt where business_key = $1',
    values: [`fireblocks:acme:config-change/${requestId}`],
  })

test('a type to judge is for the rules: judged, claimed, held for good, and never committed', async () => {
  expect(await rig.ask(whitelisting())).toMatchObject({
    action: 'APPROVE',
    requestId,
    verdict: { kind: 'config-change', judged: true, bound: 'none', outcome: 'approve' },
  })
  expect(await rig.tell(whitelisting(), 'approved')).toBe(200)
  expect(rule.seen).toEqual(['judge', 'claim'])
  expect(await attempts()).toEqual([{ state: 'approved', holds: true, lapses_at: null }])
})

test('what the rules refuse is refused, and what the gateway does not approve is given back', async () => {
  await rig.ask(whitelisting())
  expect(await rig.tell(whitelisting(), 'rejected')).toBe(200)
  expect(rule.seen).toEqual(['judge', 'claim', 'release'])
  requestId = `${requestId}-again`
  rule.judgeSays = () => Promise.resolve(rejects('LISTED'))
  expect(await rig.ask(whitelisting())).toMatchObject({
    action: 'REJECT',
    verdict: { judged: true, codes: ['LISTED'] },
  })
})

test('a type to approve is approved without a rule, recorded with the reason, and closed by an outcome', async () => {
  const asked = change('ADD_USER', { name: 'Olga' })
  expect(await rig.ask(asked)).toMatchObject({
    action: 'APPROVE',
    verdict: { judged: true, bound: 'none', outcome: 'approve', codes: [] },
  })
  expect(rule.seen).toEqual([])
  expect(await recorded()).toEqual([
    { outcome: 'approve', judged: true, codes: [], evidence: { '.config_changes': { ADD_USER: 'approve' } } },
  ])
  expect(await attempts()).toEqual([{ state: 'open', holds: true, lapses_at: null }])
  expect(await rig.tell(asked, 'rejected')).toBe(200)
  expect(await attempts()).toEqual([{ state: 'rejected', holds: false, lapses_at: null }])
  expect(await rig.ask(asked)).toMatchObject({ action: 'REJECT', verdict: { codes: ['ATTEMPT_CLOSED'] } })
})

test('one request is one change: with other content it is refused', async () => {
  expect(await rig.ask(change('ADD_USER', { name: 'Olga' }))).toMatchObject({ action: 'APPROVE' })
  expect(await rig.ask(change('ADD_USER', { name: 'Mallory' }))).toMatchObject({
    action: 'REJECT',
    verdict: { codes: ['IDEMPOTENCY_CONFLICT'] },
  })
})

test('a change that cannot be described is refused before any rule is asked', async () => {
  expect(await rig.ask(whitelisting('NO_SUCH_ASSET'))).toMatchObject({
    action: 'REJECT',
    verdict: { judged: true, codes: ['ASSET_UNKNOWN'] },
  })
  expect(rule.seen).toEqual([])
})

test('a type that the table does not name is refused, whatever the rules would say', async () => {
  expect(await rig.ask(change('EXCHANGE', { accountName: 'Olga' }))).toMatchObject({
    action: 'REJECT',
    rejectionReason: 'checker: CONFIG_TYPE_NOT_ALLOWED: config_changes does not name EXCHANGE',
    verdict: { judged: true, codes: ['CONFIG_TYPE_NOT_ALLOWED'] },
  })
  expect(rule.seen).toEqual([])
})
