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

const askedOf = (requestId: string) => rig.double('alpha').asked.filter((asked) => asked.requestId === requestId)

test('bare JSON reaches the checkers as its exact bytes, signed by the gateway for this endpoint and API user', async () => {
  const content = transfer('exact', { note: 'é  " \\u00e9', amount: 0.01 })
  const callback = rig.callback('bare', 'json-signer', content)
  expect(await rig.decide(callback)).toEqual({ answer: 'approve' })
  const [asked] = askedOf('exact')
  expect(Buffer.from(asked?.content ?? []).equals(Buffer.from(callback.content))).toBe(true)
  expect(asked).toMatchObject({
    signerId: 'json-signer',
    dialect: 'fireblocks-json',
    callerFingerprint: rig.internalFingerprint,
    digest: callback.digest,
  })
  expect(await rig.ask('bare', 'json-approver', walletChange('exact-change'), 'config')).toEqual({ answer: 'approve' })
  expect(askedOf('exact-change')[0]).toMatchObject({
    path: '/v2/config_change_sign_request',
    signerId: 'json-approver',
  })
})

test('one wrap goes to all checkers, again when the request comes again, and into the record', async () => {
  rig.double('beta').says({ outcome: 'unable' })
  const content = transfer('wrap')
  expect(await rig.ask('bare', 'json-signer', content)).toMatchObject({ answer: 'defer' })
  rig.double('beta').says({})
  expect(await rig.ask('bare', 'json-signer', content)).toEqual({ answer: 'approve' })
  const tokens = ['alpha', 'beta'].flatMap((name) =>
    rig
      .double(name)
      .asked.filter(({ requestId }) => requestId === 'wrap')
      .map(({ token }) => token),
  )
  expect(tokens).toHaveLength(4)
  expect(new Set(tokens).size).toBe(1)
  expect(
    await rig.database.query({
      text: `select request_token, caller_fingerprint, signer_id from record join request using (request_key) where request.request_id = 'wrap'`,
    }),
  ).toEqual([{ request_token: tokens[0], caller_fingerprint: rig.internalFingerprint, signer_id: 'json-signer' }])
})

test('its outcome is told by the key of the gateway, which wrapped it, and its API user', async () => {
  expect(await rig.ask('bare', 'json-signer', transfer('told'))).toEqual({ answer: 'approve' })
  const told = (): readonly object[] => rig.double('beta').notices.filter(({ request_id }) => request_id === 'told')
  await expect.poll(told, { timeout: 15_000 }).toHaveLength(1)
  expect(told()[0]).toMatchObject({
    caller: rig.internalFingerprint,
    signer_id: 'json-signer',
    dialect: 'fireblocks-json',
    outcome: 'approved',
  })
})

test('a verdict about a Co-signer that signs is none about one that does not', async () => {
  rig.double('beta').says({ verdict: { dialect: 'fireblocks-jwt' } })
  expect(await rig.ask('bare', 'json-signer', transfer('dialect'))).toMatchObject({
    answer: 'defer',
    text: 'beta (mismatch): its verdict does not answer this question: dialect',
  })
})

test('a body too long to be wrapped is rejected and recorded, and nobody is asked', async () => {
  // Four characters of the token for three bytes: 3.5 MB are more than the 4 MiB that a token may have.
  const note = { extraParameters: { more: 'x'.repeat(3_500_000) } }
  const answer = await rig.ask('bare', 'json-signer', transfer('long', note))
  expect(answer).toMatchObject({ answer: 'reject', text: expect.stringContaining('REQUEST_TOO_LONG') as string })
  expect(askedOf('long')).toEqual([])
  expect(await rig.database.query({ text: `select outcome, codes from record where request_id = 'long'` })).toEqual([
    { outcome: 'rejected', codes: ['REQUEST_TOO_LONG'] },
  ])
  const shorter = { extraParameters: { more: 'x'.repeat(3_000_000) } }
  expect(await rig.ask('bare', 'json-signer', transfer('shorter', shorter))).toEqual({ answer: 'approve' })
})
