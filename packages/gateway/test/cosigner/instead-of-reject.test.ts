import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { transfer, walletChange } from './cosigner-callbacks.ts'
import { startCosignerRig, type CosignerRig } from './cosigner-rig.ts'

let rig: CosignerRig
beforeAll(async () => {
  rig = await startCosignerRig({
    quorum: `
  - { callers: [node], kinds: [keysign], require: [alpha, beta] }
  - { callers: [pair], kinds: [tx-approval, config-change], require: [alpha, beta], instead_of_reject: ignore }
  - { callers: [pair], kinds: [tx-signing], require: [alpha, beta] }
  - { callers: [bare, one], kinds: [tx-approval, tx-signing, config-change], require: [alpha, beta] }`,
  })
})
beforeEach(() => {
  rig.double('alpha').says({})
  rig.double('beta').says({ outcome: 'reject', codes: ['NO'] })
})
afterAll(() => rig.close())

const outcomeOf = (requestId: string) =>
  rig.database.query({ text: 'select outcome, codes from record where request_id = $1', values: [requestId] })

test('an approval that is rejected goes out as IGNORE, is recorded and told as rejected, and is recalled as IGNORE', async () => {
  const ignored = await rig.ask('pair', 'approver-a', transfer('tx'))
  expect(ignored).toMatchObject({ answer: 'reject', isIgnored: true })
  expect(await outcomeOf('tx')).toEqual([{ outcome: 'rejected', codes: ['NO'] }])
  rig.double('beta').says({})
  expect(await rig.ask('pair', 'approver-a', transfer('tx'))).toEqual(ignored)
  expect(await rig.ask('pair', 'approver-a', walletChange('change'), 'config')).toEqual({ answer: 'approve' })
})

test('so does a change of the workspace', async () => {
  const answer = await rig.ask('pair', 'approver-a', walletChange('change-2'), 'config')
  expect(answer).toMatchObject({ answer: 'reject', isIgnored: true })
})

test('never a signature, nor an approval where the quorum says reject', async () => {
  for (const [caller, signer] of [
    ['pair', 'signer-a'],
    ['bare', 'json-approver'],
  ] as const) {
    const answer = await rig.ask(caller, signer, transfer(`plain-${signer}`))
    expect(answer).toMatchObject({ answer: 'reject' })
    expect(answer).not.toHaveProperty('isIgnored')
  }
})

test('never what could be a signature: an approver that is asked to sign hears REJECT, again when it asks again', async () => {
  for (let times = 0; times < 2; times += 1) {
    const answer = await rig.ask('pair', 'approver-a', transfer('contradicts', { fee: '0.1' }))
    expect(answer).toMatchObject({ answer: 'reject' })
    expect(answer).not.toHaveProperty('isIgnored')
  }
})

test('other content after an APPROVE is denied outright', async () => {
  rig.double('beta').says({})
  expect(await rig.ask('pair', 'approver-a', transfer('changed'))).toEqual({ answer: 'approve' })
  const answer = await rig.ask('pair', 'approver-a', transfer('changed', { amountStr: '9' }))
  expect(answer).toMatchObject({ answer: 'reject' })
  expect(answer).not.toHaveProperty('isIgnored')
})
