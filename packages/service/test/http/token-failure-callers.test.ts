import { wrapJsonRequest } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { KEYS, NOW_MS, startRig, stopRigs, type Rig } from './callback-rig.ts'
import {
  askJson,
  askToken,
  cosigner,
  cosignerToken,
  JSON_LISTENER,
  JSON_TX_PATH,
  JWT_LISTENER,
  postTo,
  SIGNING,
  startCosignerRig,
  TX_PATH,
  verificationKey,
} from './cosigner-rig.ts'

afterEach(stopRigs)

const failures = (rig: Rig, reason: string, caller: string): Promise<number> =>
  rig.metric('token_failures_total', { reason, caller })

test('an API user that a known Co-signer does not have is a failure of that Co-signer', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  await askToken(rig, { ...SIGNING, signerId: 'api-9' })
  expect(await failures(rig, 'signer_unknown', 'cosigner-1')).toBe(1)
  expect(await failures(rig, 'signer_unknown', 'unknown')).toBe(0)
})

test('a token that has expired is a failure of the Co-signer that signed it', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  await postTo(rig, TX_PATH, await cosignerToken({ ...SIGNING, exp: NOW_MS / 1_000 - 1 }))
  expect(await failures(rig, 'ERR_PROTOCOL_TOKEN_EXPIRED', 'cosigner-1')).toBe(1)
})

test('what a stranger signed is nobody’s failure, whoever it names', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  await postTo(rig, TX_PATH, await cosignerToken(SIGNING, KEYS.stranger.privateKey))
  expect(await failures(rig, 'ERR_PROTOCOL_TOKEN_SIGNATURE', 'unknown')).toBe(1)
  expect(await failures(rig, 'ERR_PROTOCOL_TOKEN_SIGNATURE', 'cosigner-1')).toBe(0)
})

test('who alone may ask a listener of bare JSON is known by it; of two nobody is', async () => {
  const alone = await startCosignerRig('fireblocks-json')
  await askJson(alone, { ...SIGNING, signerId: 'api-9' })
  expect(await failures(alone, 'signer_unknown', 'cosigner-1')).toBe(1)
  const callers = ['a', 'b'].map((name) =>
    cosigner(name, { dialect: 'fireblocks-json', signers: { [`api-${name}`]: 'signer' } }),
  )
  const both = await startRig({ listeners: [JSON_LISTENER], callers })
  await postTo(both, JSON_TX_PATH, JSON.stringify({ ...SIGNING, signerId: 'api-9' }), 'application/json')
  expect(await failures(both, 'signer_unknown', 'unknown')).toBe(1)
})

test('what the gateway wrapped wrongly is a failure of the gateway', async () => {
  const rig = await startRig({
    listeners: [JWT_LISTENER],
    callers: [cosigner('cosigner-1'), cosigner('cosigner-2', { dialect: 'fireblocks-json' })],
    wrapKeys: [verificationKey('gateway', KEYS.nodeV2.publicKey)],
  })
  const wrap = (endpoint: 'tx' | 'config', signerId: string): Promise<string> =>
    wrapJsonRequest(Buffer.from(JSON.stringify(SIGNING)), KEYS.nodeV2.privateKey, { endpoint, signerId })
  await postTo(rig, TX_PATH, await wrap('config', 'api-1'))
  expect(await failures(rig, 'ERR_PROTOCOL_TOKEN_HEADER', 'gateway')).toBe(1)
  await postTo(rig, TX_PATH, await wrap('tx', 'nobody'))
  expect(await failures(rig, 'signer_unknown', 'gateway')).toBe(1)
})
