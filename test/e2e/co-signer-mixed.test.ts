import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateRsaKeyFiles } from '@callback-quorum/service'
import {
  createCosigner,
  createTssNode,
  CUSTODY,
  makeFireblocksTransfer,
  makeV2KeySign,
  testAddress,
  testRootPubkey,
  type Cosigner,
  type TssNode,
} from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startCosignerRig, type CosignerRig } from './co-signer-rig.ts'
import { CUSTOMER } from './rig.ts'

/** A key pair made before the rig: its public half stands in the configuration by its absolute path. */
async function keyBeside(folder: string, name: string) {
  const { privatePath, publicPath } = await generateRsaKeyFiles(folder, name)
  return { privateKey: createPrivateKey(await readFile(privatePath)), publicPath }
}

const INTEGRITY = `groups: [{ root_pub_key: ${testRootPubkey()} }]
vaults: [{ id: "0" }]
fees: [{ chain: ethereum, max: "0.05" }]
`

describe('one gateway and one checker for a Cobo node and two Co-signers, one of them without signatures', () => {
  let folder: string
  let rig: CosignerRig
  let node: TssNode
  let plain: Cosigner
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cq mixed '))
    const [nodeKey, jsonPort] = [await keyBeside(folder, 'node'), await freePort()]
    rig = await startCosignerRig({
      option: 5,
      signers: {
        'user-a': { role: 'signer', path: '/user-a' },
        'user-b': { role: 'signer', path: '/user-b' },
        'user-d': { role: 'approver', path: '/user-d' },
      },
      alsoCobo: true,
      moreListeners: `  - listen: "127.0.0.1:${jsonPort}"
    dialects: [fireblocks-json]
    allow_from: [127.0.0.1/32]
    tls: { cert: keys/cb-tls.pem, key: keys/cb-tls.key }
`,
      moreCallers: `  - { name: cosigner-2, platform: fireblocks, dialects: [fireblocks-json], organisation: acme, signer_ids: { user-c: signer } }
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: ${CUSTODY.organisation}, pubkey_path: "${nodeKey.publicPath}" }
`,
      moreQuorum: `  - { callers: [cosigner-2], kinds: [tx-signing], require: [integrity] }
  - { callers: [node], kinds: [keysign], require: [integrity] }
`,
      integrity: INTEGRITY,
      addresses: `own: [{ address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId} }]\nallow: []\n`,
    })
    plain = createCosigner({
      name: 'cosigner-2',
      signerId: 'user-c',
      messages: 'json',
      trust: { kind: 'root-ca', pem: rig.trusted },
      url: `https://127.0.0.1:${jsonPort}`,
    })
    node = createTssNode({
      name: 'node',
      privateKey: nodeKey.privateKey,
      servers: [
        {
          name: 'gateway',
          serviceAddress: `${rig.url}/v2/check`,
          publicKey: createPublicKey(rig.made.api.body.callbackHandler.publicKey ?? ''),
          ca: rig.trusted,
        },
      ],
      retryTimes: 0,
    })
  })
  afterAll(async () => {
    await Promise.all([node.close(), plain.close()])
    await rig.close()
    await rm(folder, { recursive: true, force: true })
  })

  const signerAt = (signerId: string, path: string): Cosigner => rig.cosigner({ signerId, url: `${rig.url}${path}` })
  const payment = { to: CUSTOMER, amount: '0.5' }

  test('each asks at the same time and is answered in its own words', async () => {
    const lie = { amount: '9', describedAs: { amount: '0.5' } }
    const { organisation } = CUSTODY
    const [fromA, fromC, fromNode, lieOfA, lieOfC, lieOfNode] = await Promise.all([
      signerAt('user-a', '/user-a').ask(makeFireblocksTransfer({ ...payment, seed: 1 })),
      plain.ask(makeFireblocksTransfer({ ...payment, seed: 2 })),
      node.ask(makeV2KeySign({ ...payment, organisation })),
      signerAt('user-a', '/user-a').ask(makeFireblocksTransfer({ ...payment, ...lie, seed: 3 })),
      plain.ask(makeFireblocksTransfer({ ...payment, ...lie, seed: 4 })),
      node.ask(makeV2KeySign({ ...payment, ...lie, organisation, seed: 5 })),
    ])
    expect([fromA.decision, fromC.decision, fromNode.decision]).toEqual(['approved', 'approved', 'APPROVE'])
    expect([lieOfA.decision, lieOfC.decision, lieOfNode.decision]).toEqual(['rejected', 'rejected', 'REJECT'])
    for (const { reason } of [lieOfA, lieOfC, lieOfNode]) expect(reason).toContain('RAW_AMOUNT_DIFFERS')
    const judged = await rig.databases.integrity.query<{ dialect: string; count: string }>({
      text: 'select dialect, count(*)::text as count from verdict_record group by dialect order by dialect',
    })
    expect(judged).toEqual([
      { dialect: 'cobo-v2', count: '2' },
      { dialect: 'fireblocks-json', count: '2' },
      { dialect: 'fireblocks-jwt', count: '2' },
    ])
  })

  test("a token of one API user at the other's URL is answered 401, and the same token at its own is approved", async () => {
    const asked = makeFireblocksTransfer({ ...payment, seed: 6 })
    const [own, other] = [signerAt('user-a', '/user-a'), signerAt('user-b', '/user-b')]
    const body = own.mint(asked)
    expect(await other.askOnce(asked, { body })).toMatchObject({ result: 'http', http: 401, body: '' })
    expect(await signerAt('user-a', '').askOnce(asked, { body })).toMatchObject({ http: 401, body: '' })
    expect(await own.askOnce(asked, { body })).toMatchObject({ result: 'approve' })
  })

  test('an approval never answers for the signing of the same transaction', async () => {
    const same = { ...payment, txId: 'b7c2a4d0-0000-4000-8000-000000000007', requestId: 'same-for-both', seed: 7 }
    const approval = makeFireblocksTransfer({ ...same, stage: 'approval' })
    expect(await signerAt('user-d', '/user-d').ask(approval)).toMatchObject({ decision: 'approved' })
    const lie = makeFireblocksTransfer({ ...same, amount: '9', describedAs: { amount: '0.5' } })
    const signing = await signerAt('user-b', '/user-b').ask(lie)
    expect(signing).toMatchObject({ decision: 'rejected', requestId: 'same-for-both' })
    expect(signing.reason).toContain('RAW_AMOUNT_DIFFERS')
  })

  test('a signed message is no request id to the listener without signatures, and a plain one no token to the other', async () => {
    const asked = makeFireblocksTransfer({ ...payment, seed: 8 })
    const signed = signerAt('user-a', '/user-a').mint(asked)
    expect(await plain.askOnce(asked, { body: signed })).toMatchObject({ result: 'http', http: 400, body: '' })
    const bare = plain.mint(asked)
    expect(await signerAt('user-a', '/user-a').askOnce(asked, { body: bare })).toMatchObject({ http: 401, body: '' })
  })
})
