import { ConfigError } from '@callback-quorum/service'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { rejects, scriptedRule } from './checker-rig.ts'
import { payment, startCosignerRig, type CosignerAsk, type CosignerRig } from './cosigner-rig.ts'

const rule = scriptedRule('only', ['tx-approval', 'tx-signing'])
let rig: CosignerRig
let txId = ''
let count = 0
beforeAll(async () => {
  rig = await startCosignerRig([rule])
})
beforeEach(() => {
  txId = `tx-${String((count += 1))}`
  rule.judgeSays = () => Promise.resolve({ outcome: 'approve' })
})
afterAll(() => rig.close())

const approval = (): CosignerAsk => ({
  request: payment(txId, 'approval'),
  signerId: 'approver-1',
  signedBy: 'cosigner-1',
})
const signing = (): CosignerAsk => ({ request: payment(txId, 'signing'), signerId: 'signer-1', signedBy: 'cosigner-1' })
/** The other Co-signer of the organisation, in bare JSON. */
const wrapped = (): CosignerAsk => ({
  request: payment(txId, 'signing'),
  signerId: 'signer-2',
  signedBy: 'gateway-internal',
})
const committed = async (): Promise<number | undefined> => {
  const values = [`fireblocks:acme:${txId}`]
  const text = 'select committed from taken where business_key = $1'
  return (await rig.database.query<{ committed: number }>({ text, values }))[0]?.committed
}
interface AttemptRow {
  readonly state: string
  readonly holds: boolean
}
const attempts = (): Promise<readonly AttemptRow[]> =>
  rig.database.query({
    text: 'select caller, dialect, kind, state, holds, lapses_at is not null as lapses from attempt where business_key like $1 order by attempt_id',
    values: [`%:${txId}`],
  })

test('approval, signing and the signing of another Co-signer are answered with verdicts of their own, under one claim', async () => {
  expect(await rig.ask(approval())).toMatchObject({
    action: 'APPROVE',
    requestId: txId,
    verdict: { kind: 'tx-approval', dialect: 'fireblocks-jwt', judged: true, bound: 'description', outcome: 'approve' },
  })
  expect(await rig.ask(signing())).toMatchObject({
    action: 'APPROVE',
    verdict: { kind: 'tx-signing', dialect: 'fireblocks-jwt', caller: rig.fingerprintOf('cosigner-1') },
  })
  expect(await rig.ask(wrapped())).toMatchObject({
    action: 'APPROVE',
    verdict: { kind: 'tx-signing', dialect: 'fireblocks-json', caller: rig.fingerprintOf('gateway-internal') },
  })
  const held = { state: 'open', holds: true }
  expect(await attempts()).toEqual([
    { caller: 'cosigner-1/approver-1', dialect: 'fireblocks-jwt', kind: 'tx-approval', ...held, lapses: true },
    { caller: 'cosigner-1/signer-1', dialect: 'fireblocks-jwt', kind: 'tx-signing', ...held, lapses: false },
    { caller: 'cosigner-2/signer-2', dialect: 'fireblocks-json', kind: 'tx-signing', ...held, lapses: false },
  ])
  expect(await committed()).toBe(0)
})

test('outcomes close the attempt of their API user: by its key, and of a wrap by the key of the gateway', async () => {
  for (const asked of [approval(), signing(), wrapped()]) await rig.ask(asked)
  expect(await rig.tell(approval(), 'approved')).toBe(200)
  expect(await committed()).toBe(0)
  expect(await rig.tell(wrapped(), 'approved')).toBe(200)
  expect(await committed()).toBe(1)
  expect(await rig.tell(signing(), 'rejected')).toBe(200)
  expect((await attempts()).map(({ state, holds }) => [state, holds])).toEqual([
    ['approved', true],
    ['rejected', false],
    ['approved', true],
  ])
})

test.each([
  ['no API user', approval, { signerId: null }],
  ['an API user of another Co-signer', approval, { signerId: 'signer-2' }],
  ['an API user that nobody declares, of a wrap', wrapped, { signerId: 'stranger' }],
  ['an API user of another dialect, of a wrap', wrapped, { signerId: 'signer-1' }],
  ['no API user, of a wrap', wrapped, { signerId: null }],
  ['the dialect of a signed request, of a wrap', wrapped, { dialect: 'fireblocks-jwt' as const }],
  ['a dialect of another platform', approval, { dialect: 'cobo-v2' as const }],
])('an outcome with %s changes nothing and is final', async (_, asked, change) => {
  await rig.ask(asked())
  expect(await rig.tell(asked(), 'rejected', change)).toBe(400)
  expect(await committed()).toBe(0)
})

test('a signing that the rules refuse is refused, although its approval was approved', async () => {
  expect(await rig.ask(approval())).toMatchObject({ action: 'APPROVE' })
  rule.judgeSays = () => Promise.resolve(rejects('LISTED'))
  expect(await rig.ask(signing())).toMatchObject({ action: 'REJECT', verdict: { codes: ['LISTED'] } })
})

test('"cannot tell" is RETRY until the Co-signer asks for the last time, and then a rejection', async () => {
  rule.judgeSays = () => Promise.resolve({ outcome: 'unable', code: 'STALE', text: 'said the test' })
  expect(await rig.ask(signing())).toMatchObject({
    action: 'RETRY',
    requestId: txId,
    rejectionReason: 'checker: STALE: said the test',
    verdict: { outcome: 'unable', codes: ['STALE'] },
  })
  // Twenty tries every three minutes: the last one 57 minutes after the first.
  await rig.database.query({ text: `update attempt set first_asked_at = first_asked_at - interval '57 minutes'` })
  expect(await rig.ask(signing())).toMatchObject({
    action: 'REJECT',
    requestId: txId,
    verdict: { outcome: 'reject', judged: true, codes: ['RETRY_BUDGET_SPENT', 'STALE'] },
  })
})

test('an approval of an organisation of which no signer asks here holds for good', async () => {
  const asked = { ...approval(), signerId: 'approver-3', signedBy: 'cosigner-3' as const }
  expect(await rig.ask(asked)).toMatchObject({ action: 'APPROVE' })
  expect(await attempts()).toEqual([
    {
      caller: 'cosigner-3/approver-3',
      dialect: 'fireblocks-jwt',
      kind: 'tx-approval',
      state: 'open',
      holds: true,
      lapses: false,
    },
  ])
})

test.each([
  ['that the operator did not name', 'UNMANAGED_WALLET'],
  ['that nobody has heard of', 'MAKE_ME_ADMIN'],
])('a change of the workspace %s is rejected and recorded', async (_, type) => {
  const request = { kind: 'config-change' as const, content: { requestId: txId, type } }
  expect(await rig.ask({ ...approval(), request })).toMatchObject({
    action: 'REJECT',
    verdict: { kind: 'config-change', judged: true, bound: 'none', codes: ['CONFIG_TYPE_NOT_ALLOWED'] },
  })
  const text = 'select outcome, codes from verdict_record where request_id = $1'
  expect(await rig.database.query({ text, values: [txId] })).toEqual([
    { outcome: 'reject', codes: ['CONFIG_TYPE_NOT_ALLOWED'] },
  ])
})

test('a checker without a rule for changes of the workspace does not start when it is to judge one', async () => {
  const extra = 'config_changes: { EXCHANGE: approve, UNMANAGED_WALLET: judge }'
  await expect(startCosignerRig([rule], extra)).rejects.toThrow(ConfigError)
  await expect(startCosignerRig([rule], extra)).rejects.toThrow('config_changes.UNMANAGED_WALLET')
})
