import { describe, expect, it } from 'vitest'
import {
  digestOf,
  FIREBLOCKS_PATHS,
  readFireblocksReply,
  readFireblocksRequest,
  stageOf,
  verifyFireblocksToken,
} from '../src/index.ts'
import { handmadeToken } from './handmade-token.ts'
import { bytesOf, publishedKey, readWith, transactionOf, vectors } from './fireblocks-content.ts'
import type { Members } from './fireblocks-content.ts'
import { omitMember } from './omit-member.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const signer = createTestKey('co-signer')
const keys = [signer.verification, publishedKey]

/** What is read of a published payload: all but what is never read, or is read into another form. */
function asRead(payload: Members): Members {
  const [destination = {}] = payload.destinations as readonly Members[]
  const info = destination.actionInfo as Members
  return {
    endpoint: 'tx',
    ...omitMember(payload, 'txId', 'requestId', 'amount', 'requestedAmount'),
    destinations: [
      {
        ...omitMember(destination, 'amountNative', 'amountUSD'),
        actionInfo: {
          ...info,
          capturedRuleNum: String(info.capturedRuleNum),
          rulesSnapshotId: String(info.rulesSnapshotId),
        },
      },
    ],
    rawTx: (payload.rawTx as readonly Members[]).map((element) => ({
      ...element,
      keyDerivationPath: JSON.parse(String(element.keyDerivationPath)) as unknown,
    })),
  }
}

describe('the documented request', () => {
  const { jwt, decoded_payload: payload } = vectors.request

  it('verifies with its published key, and its content is the payload as signed', async () => {
    const verified = await verifyFireblocksToken(bytesOf(jwt), keys, NOW_MS)
    const content = Uint8Array.from(Buffer.from(jwt.split('.')[1] ?? '', 'base64url'))
    expect(verified).toEqual({
      token: jwt,
      content,
      digest: digestOf(content),
      owner: 'docs',
      fingerprint: publishedKey.fingerprint,
    })
  })

  it('is a transaction at the signing stage, with every member but the numbers', async () => {
    const { content } = await verifyFireblocksToken(bytesOf(jwt), keys, NOW_MS)
    const reading = readFireblocksRequest('tx', content)
    expect(reading).toEqual({
      result: 'request',
      requestId: payload.requestId,
      txId: payload.txId,
      request: asRead(payload),
    })
    expect(stageOf(transactionOf(reading))).toBe('signing')
    expect(transactionOf(reading).rawTx?.[0]?.keyDerivationPath).toEqual([44, 60, 0, 0, 0])
  })

  it('is no change of the workspace', () => {
    expect(readFireblocksRequest('config', bytesOf(payload))).toMatchObject({
      result: 'malformed',
      requestId: payload.requestId,
      code: 'CONFIG_TYPE_INVALID',
    })
  })

  it('with the signature that the vendor blotted out verifies with no key', async () => {
    const { jwt: blotted } = vectors.request_with_obfuscated_signature
    await expect(verifyFireblocksToken(bytesOf(blotted), keys, NOW_MS)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL_TOKEN_SIGNATURE',
    })
    const content = Buffer.from(blotted.split('.')[1] ?? '', 'base64url')
    expect(readFireblocksRequest('tx', content)).toMatchObject({ result: 'request', request: { asset: 'ETH' } })
  })
})

it('the documented request of a bitcoin transaction has one element per input', async () => {
  const { decoded_payload: payload } = vectors.btc_request
  const jwt = handmadeToken({ typ: 'JWT', alg: 'RS256' }, payload, signer.privateKey)
  const { content, owner } = await verifyFireblocksToken(bytesOf(jwt), keys, NOW_MS)
  const reading = readFireblocksRequest('tx', content)
  expect(owner).toBe('co-signer')
  expect(transactionOf(reading)).toEqual(asRead(payload))
  expect(transactionOf(reading)).toMatchObject({
    destType: 'ONE_TIME_ADDRESS',
    destinations: [{ dstType: 'ONE_TIME_ADDRESS' }],
  })
})

describe('the documented response', () => {
  it('is read with its published key; the iat that a library added is not', async () => {
    const { jwt, decoded_payload: payload } = vectors.response
    expect(await readFireblocksReply(bytesOf(jwt), keys, NOW_MS)).toEqual({
      ...omitMember(payload, 'iat'),
      fingerprint: publishedKey.fingerprint,
    })
  })

  it('in the case of another serialiser is no answer', async () => {
    const jwt = handmadeToken({ alg: 'RS256' }, vectors.response_in_the_wrong_case.decoded_payload, signer.privateKey)
    await expect(readFireblocksReply(bytesOf(jwt), keys, NOW_MS)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL_REPLY_MALFORMED',
    })
  })
})

it('every member that captured requests had is a member that is read or never read on purpose', () => {
  const { member_order: members, destination_member_order: ofDestinations } = vectors.third_party_shapes
  const unread = new Set(['txId', 'requestId', 'amount', 'requestedAmount', 'amountNative', 'amountUSD'])
  const wrong = { a: 1 }
  for (const member of members.map((name) => name.replace('?', '')).filter((name) => !unread.has(name))) {
    expect(readWith('tx', { [member]: wrong })).toMatchObject({ result: 'malformed', code: 'TRANSACTION_INVALID' })
  }
  for (const member of ofDestinations.map((name) => name.replace('?', '')).filter((name) => !unread.has(name))) {
    if (member === 'actionInfo') continue
    expect(readWith('tx', { destinations: [{ [member]: wrong }] })).toMatchObject({ code: 'TRANSACTION_INVALID' })
  }
})

it('the paths are those that Co-signers append, /v2 where the body is a token', () => {
  expect(FIREBLOCKS_PATHS).toEqual({
    'fireblocks-jwt': { tx: '/v2/tx_sign_request', config: '/v2/config_change_sign_request' },
    'fireblocks-json': { tx: '/tx_sign_request', config: '/config_change_sign_request' },
  })
})
