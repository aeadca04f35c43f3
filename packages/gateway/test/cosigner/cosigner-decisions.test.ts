import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { transfer, walletChange } from './cosigner-callbacks.ts'
import { startCosignerRig, type CosignerRig } from './cosigner-rig.ts'

let rig: CosignerRig
beforeAll(async () => {
  rig = await startCosignerRig()
})
beforeEach(() => {
  for (const name of ['alpha', 'beta']) rig.double(name).says({})
})
afterAll(() => rig.close())

const askedOf = (requestId: string, name = 'alpha') =>
  rig.double(name).asked.filter((asked) => asked.requestId === requestId)
const noticesOf = (requestId: string, name = 'alpha') =>
  rig.double(name).notices.filter(({ request_id }) => request_id === requestId)
const eventually = <T>(read: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })

test('Co-signers and a Cobo node are served at once by one set of checkers, each in the words of its platform', async () => {
  const answers = await Promise.all([
    rig.askAsNode('both-1'),
    rig.ask('pair', 'signer-a', transfer('both-2', { fee: '0.001' })),
    rig.ask('pair', 'approver-a', transfer('both-3')),
    rig.ask('bare', 'json-signer', transfer('both-4', { fee: '0.001' })),
    rig.ask('pair', 'approver-a', walletChange('both-5'), 'config'),
  ])
  expect(answers).toEqual(answers.map(() => ({ answer: 'approve' })))
  const heard = (requestId: string) =>
    askedOf(requestId).map(({ path, type, dialect, kind }) => [path, type, dialect, kind])
  expect(heard('both-1')).toEqual([['/v2/check', 'application/x-www-form-urlencoded', 'cobo-v2', 'keysign']])
  expect(heard('both-2')).toEqual([['/v2/tx_sign_request', 'application/jwt', 'fireblocks-jwt', 'tx-signing']])
  expect(heard('both-3')).toEqual([['/v2/tx_sign_request', 'application/jwt', 'fireblocks-jwt', 'tx-approval']])
  expect(heard('both-4')).toEqual([['/v2/tx_sign_request', 'application/jwt', 'fireblocks-json', 'tx-signing']])
  expect(heard('both-5')).toEqual([
    ['/v2/config_change_sign_request', 'application/jwt', 'fireblocks-jwt', 'config-change'],
  ])
})

test('a Co-signer is forwarded byte for byte: the body is its token and nothing else', async () => {
  const callback = rig.callback('pair', 'signer-a', transfer('bytes'))
  expect(await rig.decide(callback)).toEqual({ answer: 'approve' })
  expect(askedOf('bytes')[0]?.body).toBe(callback.token)
})

test('approval and signing of one transaction are two requests of one business key: no approval is recalled for a signature', async () => {
  const content = transfer('stages')
  expect(await rig.ask('bare', 'json-approver', content)).toEqual({ answer: 'approve' })
  rig.double('beta').says({ outcome: 'reject', codes: ['NO'] })
  // The very same bytes, so that only the kind keeps them apart.
  expect(await rig.ask('bare', 'json-signer', content)).toMatchObject({ answer: 'reject' })
  expect(await rig.ask('bare', 'json-approver', content)).toEqual({ answer: 'approve' })
  expect(askedOf('stages').map(({ kind }) => kind)).toEqual(['tx-approval', 'tx-signing'])
  expect(
    await rig.database.query({
      text: `select caller, kind, signer_id, state, business_key from request where request_id = 'stages' order by request_key`,
    }),
  ).toEqual([
    {
      caller: 'bare/json-approver',
      kind: 'tx-approval',
      signer_id: 'json-approver',
      state: 'approved',
      business_key: 'fireblocks:acme:stages',
    },
    {
      caller: 'bare/json-signer',
      kind: 'tx-signing',
      signer_id: 'json-signer',
      state: 'rejected',
      business_key: 'fireblocks:acme:stages',
    },
  ])
})

test('two API users with one request id, at the same time and with the same bytes, are asked about each', async () => {
  const content = transfer('two-users')
  rig.double('alpha').says({ afterMs: 150 })
  const answers = await Promise.all([
    rig.ask('bare', 'json-approver', content),
    rig.ask('bare', 'json-approver-b', content),
  ])
  expect(answers).toEqual([{ answer: 'approve' }, { answer: 'approve' }])
  expect(askedOf('two-users')).toHaveLength(2)
  await eventually(() =>
    noticesOf('two-users')
      .map(({ signer_id }) => signer_id)
      .toSorted(),
  ).toEqual(['json-approver', 'json-approver-b'])
})

test('the same question of one API user at the same time is asked once', async () => {
  rig.double('alpha').says({ afterMs: 150 })
  const content = transfer('once')
  await Promise.all([1, 2, 3].map(() => rig.ask('pair', 'signer-a', content)))
  expect(askedOf('once')).toHaveLength(1)
})

test('other content after an APPROVE is rejected, and the APPROVE itself is still recalled', async () => {
  const content = transfer('changed')
  expect(await rig.ask('pair', 'signer-a', content)).toEqual({ answer: 'approve' })
  const answer = await rig.ask('pair', 'signer-a', transfer('changed', { amountStr: '9' }))
  expect(answer).toMatchObject({ answer: 'reject', text: expect.stringContaining('DIGEST_CHANGED') as string })
  expect(await rig.ask('pair', 'signer-a', content)).toEqual({ answer: 'approve' })
  expect(askedOf('changed')).toHaveLength(1)
})

test('a change of the workspace has a business key of its own, which no transaction can have', async () => {
  expect(await rig.ask('pair', 'approver-a', walletChange('wallet'), 'config')).toEqual({ answer: 'approve' })
  expect(await rig.database.query({ text: `select business_key from record where request_id = 'wallet'` })).toEqual([
    { business_key: 'fireblocks:acme:config-change/wallet' },
  ])
})

test('a request without a txId, and an approver that is asked to sign, are rejected and recorded without asking anybody', async () => {
  const { txId: _txId, ...unnamed } = transfer('unnamed') as { txId: string }
  expect(await rig.ask('pair', 'signer-a', unnamed)).toMatchObject({ answer: 'reject' })
  expect(await rig.ask('pair', 'approver-a', transfer('contradicts', { fee: '0.001' }))).toMatchObject({
    answer: 'reject',
  })
  expect([...askedOf('unnamed'), ...askedOf('contradicts')]).toEqual([])
  expect(
    await rig.database.query({
      text: `select request_id, kind, codes from record where request_id in ('unnamed', 'contradicts') order by request_id`,
    }),
  ).toEqual([
    { request_id: 'contradicts', kind: 'tx-approval', codes: ['STAGE_CONTRADICTS'] },
    { request_id: 'unnamed', kind: 'tx-signing', codes: ['TRANSACTION_ID_MISSING'] },
  ])
})

test('signing needs a verdict that binds the bytes, approving does not', async () => {
  for (const name of ['alpha', 'beta']) rig.double(name).says({ verdict: { bound: 'description' } })
  expect(await rig.ask('pair', 'approver-a', transfer('unbound'))).toEqual({ answer: 'approve' })
  const answer = await rig.ask('pair', 'signer-a', transfer('unbound'))
  expect(answer).toMatchObject({ answer: 'reject', text: expect.stringContaining('UNBOUND') as string })
})

test('what became of a request is told with the API user, by the key with which its Co-signer signed', async () => {
  rig.double('beta').says({ outcome: 'reject', codes: ['NO'] })
  expect(await rig.ask('pair', 'signer-b', transfer('told'))).toMatchObject({ answer: 'reject' })
  await eventually(() => noticesOf('told').length).toBe(1)
  expect(noticesOf('told')[0]).toMatchObject({
    aud: 'alpha',
    caller: rig.caller('pair').keys[0]?.fingerprint,
    signer_id: 'signer-b',
    dialect: 'fireblocks-jwt',
    kind: 'tx-signing',
    business_key: 'fireblocks:acme:told',
    outcome: 'rejected',
  })
})
