import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FIELDS, startClaimsRig, type Asked, type ClaimsRig } from './claims-rig.ts'

// One Fireblocks transaction is asked about several times: by each approver, then by the signer. They share one claim.
let rig: ClaimsRig
let txId = ''
let count = 0
beforeAll(async () => {
  rig = await startClaimsRig()
})
beforeEach(() => {
  txId = `tx-${String((count += 1))}`
  rig.rule.seen.length = 0
})
afterAll(() => rig.close())

const approval = (change: Partial<Asked> = {}): Asked => ({ txId, ...change })
const signing = (change: Partial<Asked> = {}): Asked => ({
  txId,
  kind: 'tx-signing',
  caller: 'cosigner/signer',
  hashes: ['aa'],
  ...change,
})
const NO_ADDRESS = { ...FIELDS, 'outputs.0.address': null }

test('approval and signing take one claim, and only the signing commits it', async () => {
  expect(await rig.ask(approval())).toBe('approve')
  expect(await rig.tell(approval(), 'approved')).toBe('closed')
  expect(await rig.taken(txId)).toBe(0)
  expect(await rig.ask(signing())).toBe('approve')
  expect(await rig.tell(signing(), 'approved')).toBe('closed')
  expect(await rig.tell(signing(), 'approved')).toBe('repeated')
  expect(await rig.taken(txId)).toBe(1)
})

test('an approval that is told approved before it is asked commits nothing, a signing does', async () => {
  await rig.tell(approval(), 'approved')
  expect(await rig.ask(approval())).toBe('approve')
  expect(await rig.taken(txId)).toBe(0)
  await rig.tell(signing(), 'approved')
  expect(await rig.ask(signing())).toBe('approve')
  expect(await rig.taken(txId)).toBe(1)
})

test('two approvers and two co-signers ask about one transaction: one claim, given back with the last of them', async () => {
  const all = [
    approval({ caller: 'cosigner-1/a' }),
    approval({ caller: 'cosigner-2/b' }),
    signing({ caller: 'cosigner-1/c' }),
    signing({ caller: 'cosigner-2/c' }),
  ]
  for (const asked of all) expect(await rig.ask(asked)).toBe('approve')
  expect(await rig.ask(signing({ caller: 'cosigner-2/c', requestId: 'other', hashes: ['bb'] }))).toContain(
    'SECOND_SIGNATURE',
  )
  for (const asked of all) {
    expect(await rig.taken(txId)).toBe(0)
    await rig.tell(asked, 'abandoned')
  }
  expect(await rig.taken(txId)).toBeUndefined()
})

test('one requestId of two API users, or of an approval and a signing, is two attempts: each outcome closes its own', async () => {
  const [one, other] = [approval({ caller: 'cosigner/a' }), approval({ caller: 'cosigner/b' })]
  await rig.ask(one)
  await rig.ask(other)
  await rig.ask(signing())
  await rig.tell(one, 'rejected')
  expect(await rig.ask(one)).toContain('ATTEMPT_CLOSED')
  expect(await rig.ask(other)).toBe('approve')
  expect(await rig.ask(signing())).toBe('approve')
})

test('a rejected approval gives back nothing while the signing holds', async () => {
  await rig.ask(approval())
  await rig.ask(signing())
  await rig.tell(approval(), 'rejected')
  expect(await rig.taken(txId)).toBe(0)
  await rig.tell(signing(), 'rejected')
  expect(await rig.taken(txId)).toBeUndefined()
})

test('a rule that refuses the signing is not outvoted by the approval before it', async () => {
  await rig.ask(approval())
  rig.rule.claimSays = () => ({ outcome: 'reject', objections: [{ code: 'FULL', text: 'said the test' }] })
  expect(await rig.ask(signing())).toBe('reject FULL: said the test')
  rig.rule.claimSays = () => ({ outcome: 'approve' })
  expect(rig.rule.seen).toEqual(['claim', 'claim'])
  await rig.tell(signing(), 'approved')
  expect(await rig.taken(txId)).toBe(0)
})

test('what the approval did not say is filled by the signing once, and holds from then on', async () => {
  expect(await rig.ask(approval({ fields: NO_ADDRESS }))).toBe('approve')
  expect(await rig.ask(signing())).toBe('approve')
  const moved = signing({ requestId: 'moved', fields: { ...FIELDS, 'outputs.0.address': '0xbb' } })
  expect(await rig.ask(moved)).toBe(
    'reject IDEMPOTENCY_CONFLICT: this transaction was approved with other content: outputs.0.address',
  )
  // A second approver still sees what approvals see, and takes nothing away of what is known.
  expect(await rig.ask(approval({ caller: 'cosigner/late', fields: NO_ADDRESS }))).toBe('approve')
  expect(await rig.ask(moved)).toContain('outputs.0.address')
})

test('what a signature was given without saying is never filled in behind it', async () => {
  expect(await rig.ask(signing({ fields: NO_ADDRESS, hashes: [] }))).toBe('approve')
  expect(await rig.ask(signing({ fields: NO_ADDRESS, hashes: [], caller: 'cosigner-2/signer' }))).toBe('approve')
  for (const later of [signing({ hashes: [], bytes: 'other' }), approval()])
    expect(await rig.ask(later)).toContain('IDEMPOTENCY_CONFLICT')
})

test('without bytes another request of a signed transaction is refused, and the same one is not, whoever asks', async () => {
  const unseen = (change: Partial<Asked> = {}): Asked => signing({ hashes: [], ...change })
  expect(await rig.ask(approval({ requestId: 'the approval' }))).toBe('approve')
  expect(await rig.ask(unseen())).toBe('approve')
  expect(await rig.ask(unseen())).toBe('approve')
  expect(await rig.ask(unseen({ caller: 'cosigner-2/signer' }))).toBe('approve')
  expect(await rig.ask(unseen({ requestId: 'another' }))).toBe(
    'reject SECOND_SIGNATURE: this transaction was approved in another request, and no bytes show that it is the same',
  )
  await rig.tell(unseen(), 'rejected')
  expect(await rig.ask(unseen({ requestId: 'another' }))).toContain('SECOND_SIGNATURE')
  await rig.tell(unseen({ caller: 'cosigner-2/signer' }), 'rejected')
  expect(await rig.ask(unseen({ requestId: 'another' }))).toBe('approve')
})

test.each([
  ['a changed field', { ...FIELDS, 'outputs.0.amount': '6' }, 'outputs.0.amount'],
  ['an emptied field', { ...FIELDS, 'outputs.0.amount': null }, 'outputs.0.amount'],
  ['one output more', { ...FIELDS, 'outputs.1.address': null }, 'outputs.1.address'],
  ['one field less', { operation: 'transfer', 'outputs.0.address': '0xaa' }, 'outputs.0.amount'],
])('a signing with %s is refused, and the reason names the field and not its value', async (_, fields, name) => {
  await rig.ask(approval())
  expect(await rig.ask(signing({ fields }))).toBe(
    `reject IDEMPOTENCY_CONFLICT: this transaction was approved with other content: ${name}`,
  )
})

test('an approval with a changed field is refused as well, also after the signing', async () => {
  const changed = approval({ caller: 'cosigner/b', fields: { ...FIELDS, operation: 'raw' } })
  await rig.ask(approval())
  expect(await rig.ask(changed)).toContain('IDEMPOTENCY_CONFLICT')
  // An output more of which nothing is said yet is no field that was left out.
  const longer = approval({ caller: 'cosigner/b', fields: { ...FIELDS, 'outputs.1.address': null } })
  expect(await rig.ask(longer)).toContain('outputs.1.address')
  await rig.ask(signing())
  expect(await rig.ask(changed)).toContain('IDEMPOTENCY_CONFLICT')
})

test('once nothing holds the transaction any more it may be asked with other content', async () => {
  await rig.ask(approval())
  await rig.tell(approval(), 'rejected')
  const other = { ...FIELDS, 'outputs.0.amount': '6' }
  expect(await rig.ask(signing({ fields: other }))).toBe('approve')
  expect(await rig.ask(signing({ requestId: 'again' }))).toContain('outputs.0.amount')
})

test('where one of the two says no fields, the content digests are compared', async () => {
  await rig.ask(approval({ fields: undefined }))
  expect(await rig.ask(approval({ caller: 'cosigner/b', fields: undefined }))).toBe('approve')
  expect(await rig.ask(signing())).toBe('reject IDEMPOTENCY_CONFLICT: this transaction was approved with other content')
})

test('a field that PostgreSQL cannot hold is the same when it is asked again', async () => {
  const fields = { ...FIELDS, 'outputs.0.address': 'a \u0000 b' }
  expect(await rig.ask(approval({ fields }))).toBe('approve')
  expect(await rig.ask(signing({ fields }))).toBe('approve')
})

test('approval and signing asked at once take one claim, in whatever order they come', async () => {
  const askings = [approval({ fields: NO_ADDRESS }), signing(), approval({ caller: 'cosigner/b', fields: NO_ADDRESS })]
  expect(await Promise.all(askings.map((asked) => rig.ask(asked)))).toEqual(['approve', 'approve', 'approve'])
  await rig.tell(signing(), 'approved')
  expect(await rig.taken(txId)).toBe(1)
})
