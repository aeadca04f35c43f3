import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { FireblocksDialect } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { isFireblocks, type FireblocksCallback } from '../../src/http/index.ts'
import { spkiFingerprint } from '../../src/keys/index.ts'
import { KEYS, NOW_MS, startRig, stopRigs, type Rig, type RigOptions } from './callback-rig.ts'
import {
  APPROVAL,
  askJson,
  askToken,
  CHANGE,
  CONFIG_PATH,
  cosigner,
  type CosignerOptions,
  cosignerToken,
  JSON_CONFIG_PATH,
  JSON_LISTENER,
  JSON_TX_PATH,
  JWT_LISTENER,
  membersOf,
  postTo,
  SIGNING,
  startCosignerRig,
  TX_PATH,
  verificationKey,
} from './cosigner-rig.ts'
import type { Received } from './http-client.ts'

afterEach(stopRigs)

const ASKING = [
  ['fireblocks-jwt', askToken, TX_PATH, CONFIG_PATH],
  ['fireblocks-json', askJson, JSON_TX_PATH, JSON_CONFIG_PATH],
] as const

const PATHS = { 'api-1': { role: 'signer', path: '/api-1' }, 'api-2': { role: 'signer', path: '/api-2' } } as const

/** From nobody: nothing is said, signed or asked, and the cause is counted. */
async function expectNobody(rig: Rig, received: Received, reason: string, times = 1): Promise<void> {
  expect(received.status).toBe(401)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
  expect(rig.signatures()).toBe(0)
  expect(await rig.metric('token_failures_total', { reason })).toBe(times)
}

/** What was handed to whoever decides, of the last request. */
function lastAsked(rig: Rig): FireblocksCallback {
  const callback = rig.asked.at(-1)
  if (callback === undefined || !isFireblocks(callback)) throw new Error('nothing of a Co-signer was asked')
  return callback
}

test('the decider of a token sees whose it is, the token as received and the payload as signed', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  const token = await cosignerToken(SIGNING)
  await postTo(rig, TX_PATH, ` "${token}"\n`)
  const callback = lastAsked(rig)
  expect(callback).toMatchObject({
    dialect: 'fireblocks-jwt',
    endpoint: 'tx',
    callerId: 'cosigner-1/api-1',
    callerFingerprint: spkiFingerprint(KEYS.nodeV1.publicKey),
    signerId: 'api-1',
    token,
    requestId: 'req-1',
    kind: 'tx-signing',
    caller: { name: 'cosigner-1' },
    reading: { result: 'request', txId: 'tx-1' },
    receivedAtMs: NOW_MS,
  })
  expect(Buffer.from(callback.content).toString()).toBe(JSON.stringify(SIGNING))
  expect(callback.digest).toMatch(/^[0-9a-f]{64}$/)
})

test('the decider of bare JSON sees the body as received, and that nobody signed it', async () => {
  const rig = await startCosignerRig('fireblocks-json')
  const body = ` ${JSON.stringify(SIGNING)}\n`
  await postTo(rig, JSON_TX_PATH, body)
  const callback = lastAsked(rig)
  expect(callback).toMatchObject({ dialect: 'fireblocks-json', callerFingerprint: 'unsigned', token: body })
  expect(Buffer.from(callback.content).toString()).toBe(body)
})

test.for(ASKING)('what is asked in %s follows from the role and the endpoint', async ([dialect, ask, tx, config]) => {
  const rig = await startCosignerRig(dialect)
  const kindOf = async (content: object, path: string): Promise<string> => {
    await ask(rig, content, path)
    const { kind, signerId, reading } = lastAsked(rig)
    return `${signerId} ${kind} ${reading.result}`
  }
  expect(await kindOf(SIGNING, tx)).toBe('api-1 tx-signing request')
  expect(await kindOf({ ...APPROVAL, signerId: 'api-1' }, tx)).toBe('api-1 tx-signing request')
  expect(await kindOf(APPROVAL, tx)).toBe('approver-1 tx-approval request')
  expect(await kindOf(CHANGE, config)).toBe('api-1 config-change request')
  expect(await kindOf({ ...CHANGE, signerId: 'approver-1' }, config)).toBe('approver-1 config-change request')
})

test.for([
  ['a fee', { fee: '0.001' }],
  ['bytes to be signed', { rawTx: [{ rawTx: '02' }] }],
  ['an empty list of them', { rawTx: [] }],
  ['a shown address', { destinations: [{ displayDstAddress: '0x01' }] }],
  ['players', { players: ['a'] }],
] as const)('an approver that is asked with %s is asked for a signature: malformed', async ([, marks]) => {
  for (const [dialect, ask] of ASKING) {
    const rig = await startCosignerRig(dialect, { answer: { answer: 'reject', text: 'no' } })
    expect(membersOf(await ask(rig, { ...APPROVAL, ...marks }))).toMatchObject({ action: 'REJECT' })
    expect(lastAsked(rig)).toMatchObject({
      kind: 'tx-approval',
      reading: { result: 'malformed', code: 'STAGE_CONTRADICTS' },
    })
  }
})

test.for(ASKING)('a request in %s for an unknown API user comes from nobody', async ([dialect, ask]) => {
  const rig = await startCosignerRig(dialect)
  await expectNobody(rig, await ask(rig, { ...SIGNING, signerId: 'api-9' }), 'signer_unknown')
  await expectNobody(rig, await ask(rig, { ...SIGNING, signerId: 'API-1' }), 'signer_unknown', 2)
  await expectNobody(rig, await ask(rig, { ...SIGNING, signerId: 7 }), 'signer_unknown', 3)
})

test.for(ASKING)("API user A's request in %s at B's path comes from nobody", async ([dialect, ask, path]) => {
  const rig = await startRig(withSigners(dialect, PATHS))
  await expectNobody(rig, await ask(rig, SIGNING, `/api-2${path}`), 'signer_elsewhere')
  await expectNobody(rig, await ask(rig, SIGNING, path), 'signer_elsewhere', 2)
  expect(membersOf(await ask(rig, SIGNING, `/api-1${path}`))).toMatchObject({ action: 'APPROVE' })
  expect((await ask(rig, SIGNING, `/api-3${path}`)).status).toBe(404)
})

test.for(ASKING)(
  'a request in %s without an API user is that of the only one at its path',
  async ([dialect, ask, p]) => {
    const nameless = { ...SIGNING, signerId: undefined }
    const rig = await startRig(withSigners(dialect, { ...PATHS, a: 'signer', b: 'approver' }))
    await expectNobody(rig, await ask(rig, nameless, p), 'signer_missing')
    await ask(rig, nameless, `/api-2${p}`)
    expect(lastAsked(rig)).toMatchObject({ signerId: 'api-2', callerId: 'cosigner-1/api-2' })
    await ask(rig, { ...SIGNING, signerId: null }, `/api-1${p}`)
    expect(lastAsked(rig)).toMatchObject({ signerId: 'api-1' })
  },
)

const BOTH: RigOptions = {
  listeners: [JWT_LISTENER],
  callers: [
    cosigner('cosigner-1', { keys: [KEYS.nodeV1.publicKey], signers: { 'api-1': 'signer' } }),
    cosigner('cosigner-2', { keys: [KEYS.nodeV2.publicKey], signers: { 'api-2': 'signer' } }),
  ],
}

test('two Co-signers ask, each with its own key for its own API users', async () => {
  const rig = await startRig(BOTH)
  const [first, second] = [KEYS.nodeV1.privateKey, KEYS.nodeV2.privateKey]
  const other = { ...SIGNING, signerId: 'api-2' }
  await expectNobody(rig, await postTo(rig, TX_PATH, await cosignerToken(other, first)), 'signer_unknown')
  await expectNobody(rig, await postTo(rig, TX_PATH, await cosignerToken(SIGNING, second)), 'signer_unknown', 2)
  await postTo(rig, TX_PATH, await cosignerToken(SIGNING, first))
  expect(lastAsked(rig).callerId).toBe('cosigner-1/api-1')
  await postTo(rig, TX_PATH, await cosignerToken(other, second))
  expect(lastAsked(rig).callerId).toBe('cosigner-2/api-2')
  // Without a name it is the only API user of the Co-signer that signed.
  await postTo(rig, TX_PATH, await cosignerToken({ ...SIGNING, signerId: undefined }, second))
  expect(lastAsked(rig).callerId).toBe('cosigner-2/api-2')
})

test('a key that is rotated out verifies until its last moment, beside the new one', async () => {
  const old = { ...verificationKey('cosigner-1', KEYS.nodeV1.publicKey), notAfterMs: NOW_MS + 1_000 }
  const keys = [verificationKey('cosigner-1', KEYS.nodeV2.publicKey), old]
  let nowMs = NOW_MS + 1_000
  const clock = { nowMs: () => nowMs }
  const rig = await startRig({ listeners: [JWT_LISTENER], callers: [{ ...cosigner('cosigner-1'), keys }], clock })
  const [byOld, byNew] = [await cosignerToken(SIGNING), await cosignerToken(SIGNING, KEYS.nodeV2.privateKey)]
  expect((await postTo(rig, TX_PATH, byOld)).status).toBe(200)
  expect((await postTo(rig, TX_PATH, byNew)).status).toBe(200)
  nowMs += 1
  expect((await postTo(rig, TX_PATH, byOld)).status).toBe(401)
  expect((await postTo(rig, TX_PATH, byNew)).status).toBe(200)
})

test('a caller of bare JSON asks its own listener and no other', async () => {
  const ports = await Promise.all([freePort(), freePort()])
  const listeners = ports.map((port) => ({ ...JSON_LISTENER, listen: { host: '127.0.0.1', port } }))
  const callers = ports.map((port, index) => ({
    ...cosigner(`cosigner-${index}`, { dialect: 'fireblocks-json', signers: { [`api-${index}`]: 'signer' } }),
    listener: { host: '127.0.0.1', port },
  }))
  const rig = await startRig({ listeners, callers })
  const [first = '', second = ''] = rig.server.urls
  const asked = async (url: string, signerId: string): Promise<number> => {
    const { status } = await postTo({ ...rig, url }, JSON_TX_PATH, JSON.stringify({ ...SIGNING, signerId }))
    return status
  }
  expect(await asked(first, 'api-0')).toBe(200)
  expect(await asked(second, 'api-1')).toBe(200)
  expect(await asked(first, 'api-1')).toBe(401)
  expect(await asked(second, 'api-0')).toBe(401)
})

test('warns once a second of a cause, and debugs the rest', async () => {
  const rig = await startCosignerRig('fireblocks-json')
  for (let count = 0; count < 3; count += 1) await askJson(rig, { ...SIGNING, signerId: 'api-9' })
  await askJson(rig, { ...SIGNING, signerId: undefined })
  const warnings = rig.logLines.filter((line) => line.includes('"level":"warn"'))
  expect(warnings.map((line) => (JSON.parse(line) as { cause: string }).cause)).toEqual([
    'signer_unknown',
    'signer_missing',
  ])
})

function withSigners(dialect: FireblocksDialect, signers: NonNullable<CosignerOptions['signers']>): RigOptions {
  const listeners = [dialect === 'fireblocks-jwt' ? JWT_LISTENER : JSON_LISTENER]
  return { listeners, callers: [cosigner('cosigner-1', { dialect, signers })] }
}

/** Was free a moment ago: configured listeners are told apart by their address, so the system cannot choose here. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
