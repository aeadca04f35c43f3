import { expect, test } from 'vitest'
import { claimReference } from '../../src/claims/claim-reference.ts'
import { asks, digestOf } from '../claims/claims-rig.ts'
import { keyOf, pay, startCheckerRig, type CheckerRig } from '../claims/checker-rig.ts'

const REF = 'WD-00000001'
const WHY = { reason: 'ticket 9', evidence: 'nonce 7 used by 0x5c50, block 23000000' }

const propose = async (rig: CheckerRig, more: object): Promise<string> => {
  const { status, body } = await rig.admin('operator', '/v1/proposals', { kind: 'release-claim', ...WHY, ...more })
  expect(status).toBe(201)
  return String(body['id'])
}
const heldId = async (rig: CheckerRig): Promise<string> => {
  const { body } = await rig.admin('viewer', '/v1/claims?state=held')
  const [claim] = body['claims'] as readonly { id: string }[]
  return claim?.id ?? ''
}

test('B17: two people give a reference back; its old holder has no right to it any more', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const [first, second] = [pay('tx-1', { nonce: 7n }), pay('tx-2', { nonce: 8n })]
  expect(await rig.ask(first)).toBe('approve')
  const id = await propose(rig, { claim_id: await heldId(rig) })
  expect(await rig.ask(second)).toContain('REF_ALREADY_USED')
  // Not by whoever proposed it, nor by whom the listener does not let.
  expect((await rig.admin('operator', `/v1/proposals/${id}/approve`, {})).status).toBe(403)
  expect((await rig.admin('viewer', '/v1/proposals', { kind: 'release-claim', ...WHY, claim_id: '1' })).status).toBe(
    403,
  )
  expect(await rig.ask(second)).toContain('REF_ALREADY_USED')

  const { status, body } = await rig.admin('approver', `/v1/proposals/${id}/approve`, {})
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { state: 'applied', decided_by: 'approver', effect: { reference: REF, state: 'released' } },
  })
  expect(await rig.claims()).toEqual([`released ${REF}`])
  expect(await rig.ask(second)).toBe('approve')
  expect(await rig.ask(first)).toContain('REF_ALREADY_USED')
  // The late outcome of the old holder gives back nothing of the new one.
  await rig.tell(first, 'rejected')
  expect(await rig.claims()).toEqual([`released ${REF}`, `held ${REF} tx-2`])
  expect(await rig.metric('callback_quorum_lookup_claims_total')).toContainEqual(
    expect.stringMatching(/result="released".* 1$/),
  )
})

test('its old holder claims it anew where nobody else has', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const first = pay('tx-1', { nonce: 7n })
  expect(await rig.ask(first)).toBe('approve')
  const id = await propose(rig, { reference: REF, organisation: 'acme' })
  expect((await rig.admin('approver', `/v1/proposals/${id}/approve`, {})).status).toBe(200)
  expect(await rig.ask(first)).toBe('approve')
  expect(await rig.claims()).toEqual([`released ${REF}`, `held ${REF} tx-1`])
  expect(await rig.ask(pay('tx-2', { nonce: 8n }))).toContain('REF_ALREADY_USED')
})

test('what changed since it was proposed is not released: another holder, or another release', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
  const before = await propose(rig, { claim_id: await heldId(rig) })
  expect(await rig.ask(pay('tx-2', { nonce: 7n, feeModel: 'legacy' }))).toBe('approve')
  const stale = await rig.admin('approver', `/v1/proposals/${before}/approve`, {})
  expect(stale.status).toBe(409)
  expect(stale.body['error']).toContain(keyOf('tx-2'))
  expect(await rig.claims()).toEqual([`held ${REF} tx-1,tx-2`])

  const [one, two] = [
    await propose(rig, { claim_id: await heldId(rig) }),
    await propose(rig, { claim_id: await heldId(rig) }),
  ]
  const decided = await Promise.all(
    [one, two].map((id) => rig.admin('approver', `/v1/proposals/${id}/approve`, {}).then(({ status }) => status)),
  )
  expect(decided.toSorted()).toEqual([200, 409])
  expect(await rig.claims()).toEqual([`released ${REF}`])
})

test('what was signed since it was proposed is not released: the evidence does not speak of it', async () => {
  const rig = await startCheckerRig()
  const sign = (name: string, slots: readonly string[], isSigning = true) =>
    rig.database.transaction((tx) => claimReference(tx, asks('tx-1', { signature: digestOf(name), slots, isSigning })))
  const proposeAndThen = async (then: () => Promise<unknown>): Promise<number> => {
    const id = await propose(rig, { reference: 'WD-1', organisation: 'acme' })
    await then()
    return (await rig.admin('approver', `/v1/proposals/${id}/approve`, {})).status
  }
  expect(await sign('approval', [], false)).toEqual({ result: 'claimed' })
  expect(await proposeAndThen(() => sign('one', ['o:1', 'o:2']))).toBe(409)
  // That o:1 was spent elsewhere ends the first signature and not the second one of the same transaction.
  expect(await proposeAndThen(() => sign('two', ['o:2', 'o:3']))).toBe(409)
  // Neither does it help to ask for the earlier one once more, or to share all that is left.
  expect(await proposeAndThen(() => sign('three', ['o:2']).then(() => sign('two', ['o:2', 'o:3'])))).toBe(409)
  expect(await rig.claims()).toEqual(['held WD-1 tx-1'])
  expect(await proposeAndThen(() => sign('two', ['o:2', 'o:3']))).toBe(200)
  expect(await rig.claims()).toEqual(['released WD-1'])
})

test('a proposal names a held claim one way, with evidence', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  expect(await rig.ask(pay('tx-1'))).toBe('approve')
  const id = await heldId(rig)
  const status = async (body: object): Promise<number> => (await rig.admin('operator', '/v1/proposals', body)).status
  const kind = 'release-claim'
  expect(await status({ kind, ...WHY })).toBe(400)
  expect(await status({ kind, ...WHY, claim_id: id, reference: REF })).toBe(400)
  expect(await status({ kind, ...WHY, reference: REF })).toBe(400)
  expect(await status({ kind, reason: 'r', claim_id: id })).toBe(400)
  expect(await status({ kind, ...WHY, evidence: ' ', claim_id: id })).toBe(400)
  expect(await status({ kind: 'release', ...WHY, claim_id: id })).toBe(400)
  expect(await status({ kind, ...WHY, claim_id: '999' })).toBe(404)
  expect(await status({ kind, ...WHY, reference: 'WD-00000009', organisation: 'acme' })).toBe(404)
  const { body } = await rig.admin('viewer', '/v1/proposals')
  expect(body['proposals']).toEqual([])
})

test('claims are listed by reference, state and organisation, and shown with what was approved', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  await rig.add('WD-00000002')
  const first = pay('tx-1', { nonce: 7n })
  expect(await rig.ask(first)).toBe('approve')
  expect(await rig.ask(pay('tx-2', { nonce: 8n, reference: 'WD-00000002' }))).toBe('approve')
  await rig.tell(first, 'abandoned')
  const list = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await rig.admin('viewer', `/v1/claims${query}`)).body['claims'] as readonly Readonly<Record<string, unknown>>[]
  expect((await list('')).map(({ reference }) => reference)).toEqual(['WD-00000002', REF])
  expect(await list(`?reference=${REF}`)).toMatchObject([
    { reference: REF, organisation: 'acme', state: 'released', holders: [keyOf('tx-1')], released_by: 'outcome' },
  ])
  expect(await list('?state=held')).toMatchObject([{ reference: 'WD-00000002', holders: [keyOf('tx-2')] }])
  expect(await list('?organisation=other')).toEqual([])
  expect(
    (await list(`?after=${String((await list('?state=held'))[0]?.['id'])}`)).map(({ reference }) => reference),
  ).toEqual([REF])
  const { body } = await rig.admin('viewer', `/v1/claims/${await heldId(rig)}`)
  expect(body).toMatchObject({
    reference: 'WD-00000002',
    terms_digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    slots: [expect.stringMatching(/^nonce:ethereum:.*:8$/)],
    holders: [
      {
        business_key: keyOf('tx-2'),
        record_digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        released_at: null,
      },
    ],
    platform_said: [],
  })
  expect(body['terms']).toContainEqual(expect.objectContaining({ field: 'amount', expected: '1', ok: true }))
  expect((await rig.admin('viewer', '/v1/claims?name=x')).status).toBe(400)
  expect((await rig.admin('viewer', '/v1/claims/999')).status).toBe(404)
})
