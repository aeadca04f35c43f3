import { createPublicKey } from 'node:crypto'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { verifyFireblocksToken } from '@callback-quorum/protocol'
import { spkiFingerprint } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vectors } from '../../packages/protocol/test/fireblocks-content.ts'
import { startCosignerRig, type CosignerRig } from './co-signer-rig.ts'

// The vendor's own sample (source in the vector's file): 0.01 ETH from vault account 0 to vault account 1, asked by nobody in particular.
const { jwt, decoded_payload: payload } = vectors.request
const DESTINATION = String(payload.destAddress)
const ADDRESSES = `own: [{ address: "${DESTINATION}", chain: ethereum, wallet: "VAULT:1" }]\nallow: []\n`
const RULES = 'vaults: [{ id: "0" }]\nfees: [{ chain: ethereum, max: "0.01" }]\n'

function start(integrity: string): Promise<CosignerRig> {
  return startCosignerRig({
    option: 1,
    cosignerPublicKey: vectors.published_test_public_key_pem,
    // A Co-signer of old says no signerId: it is the only one's.
    signers: { 'documented-user': { role: 'signer' } },
    addresses: ADDRESSES,
    integrity,
  })
}

interface Answered {
  readonly http: number | undefined
  readonly body: string
}

async function post({ port, trusted }: CosignerRig, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/v2/tx_sign_request',
      method: 'POST',
      ca: trusted,
      timeout: 20_000,
    }
    const asking = request(options, (response) => {
      text(response).then((answer) => {
        resolve({ http: response.statusCode, body: answer })
      }, reject)
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

/** The answer as it stands in the token, verified with the key that was handed to the Co-signer. */
async function answerIn(rig: CosignerRig, { http, body }: Answered): Promise<unknown> {
  expect(http).toBe(200)
  const key = createPublicKey(rig.made.api.body.callbackHandler.publicKey ?? '')
  const owner = { owner: 'handler', key, fingerprint: spkiFingerprint(key), maxTokenAgeMs: 0 }
  const { content } = await verifyFireblocksToken(new TextEncoder().encode(body), [owner], Date.now())
  return JSON.parse(new TextDecoder().decode(content))
}

describe('the documented request, asked over TLS', () => {
  let rig: CosignerRig
  beforeAll(async () => {
    rig = await start(RULES)
  })
  afterAll(() => rig.close())

  test('is approved when its vault account, its recipient and its fee are those of the rules, and nothing is added to the answer', async () => {
    const answer = await answerIn(rig, await post(rig, jwt))
    expect(answer).toEqual({ action: 'APPROVE', requestId: payload.requestId })
    const [verdict] = await rig.databases.integrity.query<{ outcome: string; evidence: Record<string, unknown> }>({
      text: 'select outcome, evidence from verdict_record',
    })
    expect(verdict?.outcome).toBe('approve')
    expect(verdict?.evidence['.bytes']).toMatchObject({
      form: 'evm-1559',
      effects: [{ effect: 'transfer', amountAtomic: '10000000000000000', to: { text: DESTINATION } }],
    })
  })

  test('with the signature that the vendor blotted out is answered 401 and nothing else', async () => {
    expect(await post(rig, vectors.request_with_obfuscated_signature.jwt)).toEqual({ http: 401, body: '' })
  })
})

describe.each([
  ['another vault account', RULES.replace('"0"', '"7"'), 'VAULT_UNKNOWN'],
  ['a lower fee', RULES.replace('"0.01"', '"0.0001"'), 'FEE_ABSOLUTE'],
])('with %s in the rules', (_, rules, code) => {
  let rig: CosignerRig
  beforeAll(async () => {
    rig = await start(rules)
  })
  afterAll(() => rig.close())

  test('the same request is rejected, and the answer has the members of the documented one', async () => {
    const answer = await answerIn(rig, await post(rig, jwt))
    expect(answer).toMatchObject({ action: 'REJECT', requestId: payload.requestId })
    const { rejectionReason } = answer as { rejectionReason: string }
    expect(rejectionReason).toContain(code)
    // iat is there because the vendor's library adds it.
    const documented = Object.keys(vectors.response.decoded_payload).filter((member) => member !== 'iat')
    expect(Object.keys(answer as object)).toEqual(documented)
  })
})
