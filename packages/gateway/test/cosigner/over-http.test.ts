import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCosigner,
  makeFireblocksTransfer,
  type Cosigner,
  type CosignerOptions,
  type CosignerRequest,
} from '@callback-quorum/simulator'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig } from '../gateway-rig.ts'
import { payment } from '../payment.ts'

/** The test-only certificate of the simulator, self-signed for 127.0.0.1. */
const TLS = join(import.meta.dirname, '../../../simulator/test/tls')
const CERTIFICATE = readFileSync(join(TLS, 'cert.pem'), 'utf8')

const NAMES = ['alpha', 'beta', 'gamma']
const REQUIRE = `require: [${NAMES.join(', ')}]`

let rig: GatewayRig
let folder = ''
let cosigner: (signerId: string, change?: Partial<CosignerOptions>) => Cosigner
let bare: (signerId: string) => Cosigner
const open: Cosigner[] = []

beforeAll(async () => {
  // A copy that nobody else may read: a checkout makes no such files.
  folder = await mkdtemp(join(tmpdir(), 'cq tls '))
  await writeFile(join(folder, 'key.pem'), readFileSync(join(TLS, 'key.pem')), { mode: 0o600 })
  rig = await startGatewayRig({
    cosigners: {
      listeners: `  - { listen: 127.0.0.1:0, dialects: [fireblocks-jwt] }
  - { listen: 127.0.0.1:0, dialects: [fireblocks-json], tls: { cert: "${TLS}/cert.pem", key: "${folder}/key.pem" }, allow_from: [127.0.0.1] }`,
      callers: `  - { name: pair, platform: fireblocks, dialects: [fireblocks-jwt], organisation: acme, pubkey_path: keys/cosigner.pub,
      signer_ids: { signer-a: signer, approver-a: approver, hidden: { role: signer, path: /hidden } } }
  - { name: bare, platform: fireblocks, dialects: [fireblocks-json], organisation: acme, signer_ids: { json-signer: signer } }`,
    },
    quorum: `  - { callers: [node], kinds: [keysign], ${REQUIRE} }
  - { callers: [pair], kinds: [tx-approval, config-change], ${REQUIRE}, instead_of_reject: ignore }
  - { callers: [pair, bare], kinds: [tx-signing], ${REQUIRE} }`,
  })
  const { callbackUrls } = rig.gateway
  const keys = { privateKey: await rig.key('cosigner'), handlerPublicKey: createPublicKey(await rig.key('gateway')) }
  const opened = (options: CosignerOptions): Cosigner => {
    const made = createCosigner(options)
    open.push(made)
    return made
  }
  const url = callbackUrls[1] ?? ''
  cosigner = (signerId, change) =>
    opened({ name: signerId, signerId, messages: 'jwt', trust: { kind: 'system' }, url, ...keys, ...change })
  bare = (signerId) =>
    opened({
      name: signerId,
      signerId,
      messages: 'json',
      trust: { kind: 'pin', pin: CERTIFICATE },
      url: callbackUrls[2] ?? '',
    })
})
beforeEach(() => {
  for (const name of NAMES) rig.double(name).setBehaviour('approve')
})
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()))
  await rig.close()
  await rm(folder, { recursive: true, force: true })
})

const transfer = (txId: string, stage: 'approval' | 'signing' = 'signing'): CosignerRequest =>
  makeFireblocksTransfer({ txId, stage, seed: 7, to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd', amount: '0.01' })
const change = (requestId: string): CosignerRequest => ({
  kind: 'config-change',
  content: { requestId, type: 'UNMANAGED_WALLET', extraInfo: { subType: 'EXTERNAL', asset: 'BTC' } },
})
const heard = (requestId: string): readonly string[] =>
  rig
    .double('alpha')
    .requests.filter((request) => request.requestId === requestId)
    .map(({ path, kind }) => `${path} ${kind}`)

test('a node, a Co-signer and one of bare JSON are served at once by one gateway with one set of checkers', async () => {
  const [node, signed, approved, json, changed] = await Promise.all([
    rig.ask(payment('node-1')),
    cosigner('signer-a').askOnce(transfer('tx-1')),
    cosigner('approver-a').askOnce(transfer('tx-2', 'approval')),
    bare('json-signer').askOnce(transfer('tx-3')),
    cosigner('approver-a').askOnce(change('change-1')),
  ])
  expect([node, signed, approved, json, changed].map(({ result }) => result)).toEqual(Array(5).fill('approve'))
  expect([signed, json].map(({ body }) => body?.startsWith('{'))).toEqual([false, true])
  expect(['node-1', 'tx-1', 'tx-2', 'tx-3', 'change-1'].map(heard)).toEqual([
    ['/v2/check keysign'],
    ['/v2/tx_sign_request tx-signing'],
    ['/v2/tx_sign_request tx-approval'],
    ['/v2/tx_sign_request tx-signing'],
    ['/v2/config_change_sign_request config-change'],
  ])
})

test('the answer of a gateway has exactly action and requestId, and a reason where it is no APPROVE', async () => {
  const payloadOf = (body = ''): unknown => JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString())
  const approved = await cosigner('signer-a').askOnce(transfer('exact-1'))
  expect(payloadOf(approved.body)).toEqual({ action: 'APPROVE', requestId: 'exact-1' })
  rig.double('beta').setBehaviour('reject')
  const rejected = await cosigner('signer-a').askOnce(transfer('exact-2'))
  expect(payloadOf(rejected.body)).toEqual({
    action: 'REJECT',
    requestId: 'exact-2',
    rejectionReason: expect.stringContaining('beta') as string,
  })
  const json = await bare('json-signer').askOnce(transfer('exact-3'))
  expect(JSON.parse(json.body ?? '')).toMatchObject({ action: 'REJECT', requestId: 'exact-3' })
})

test('what cannot be told is RETRY, what an approver is refused is IGNORE, what a signer is refused is REJECT', async () => {
  rig.double('beta').setBehaviour('unable')
  expect(await cosigner('signer-a').askOnce(transfer('words-1'))).toMatchObject({ result: 'retry' })
  rig.double('beta').setBehaviour('reject')
  expect(await cosigner('approver-a').askOnce(transfer('words-2', 'approval'))).toMatchObject({ result: 'ignore' })
  expect(await cosigner('signer-a').askOnce(transfer('words-2'))).toMatchObject({ result: 'reject' })
  // An approver that is asked for a signature: never dropped.
  expect(await cosigner('approver-a').askOnce(transfer('words-3'))).toMatchObject({ result: 'reject' })
})

test('an approval that was given is no answer to the signing call of the same transaction', async () => {
  expect(await cosigner('approver-a').askOnce(transfer('stage', 'approval'))).toMatchObject({ result: 'approve' })
  rig.double('gamma').setBehaviour('reject')
  expect(await cosigner('signer-a').askOnce(transfer('stage'))).toMatchObject({ result: 'reject' })
  expect(heard('stage')).toEqual(['/v2/tx_sign_request tx-approval', '/v2/tx_sign_request tx-signing'])
})

test('the token of one API user is nobody at the path of another, and an unknown one anywhere', async () => {
  const url = rig.gateway.callbackUrls[1] ?? ''
  const token = cosigner('signer-a').mint(transfer('replayed'))
  const hidden = cosigner('hidden', { url: `${url}/hidden` })
  expect(await hidden.askOnce(transfer('replayed'), { body: token })).toMatchObject({ result: 'http', http: 401 })
  expect(await cosigner('stranger').askOnce(transfer('strange'))).toMatchObject({ result: 'http', http: 401 })
  expect(await hidden.askOnce(transfer('own'))).toMatchObject({ result: 'approve' })
  expect([...heard('replayed'), ...heard('strange')]).toEqual([])
})

test('a Co-signer that goes on asking is approved as soon as the checkers can tell', async () => {
  rig.double('beta').setBehaviour('unable')
  const asking = cosigner('signer-a', {
    sleep: () => {
      rig.double('beta').setBehaviour('approve')
      return Promise.resolve()
    },
  })
  const { decision, exchanges } = await asking.ask(transfer('later'))
  expect([decision, exchanges.map(({ result }) => result)]).toEqual(['approved', ['retry', 'approve']])
})
