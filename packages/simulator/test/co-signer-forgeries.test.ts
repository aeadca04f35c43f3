import { ProtocolFault, verifyFireblocksToken } from '@callback-quorum/protocol'
import { afterAll, expect, it } from 'vitest'
import { fingerprintOf, FIREBLOCKS_FORGERIES, forgeQuestion } from '../src/index.ts'
import { API_USER, closeCosigners, openCosigner, openHandler, signing } from './co-signer-rig.ts'
import { closeAll, nodeKeys, NOW_MS } from './constellation.ts'

afterAll(async () => {
  await closeCosigners()
  await closeAll()
})

const options = { privateKey: nodeKeys.privateKey, signerId: API_USER, nowMs: NOW_MS }
const key = {
  owner: 'cosigner-1',
  fingerprint: fingerprintOf(nodeKeys.publicKey),
  key: nodeKeys.publicKey,
  maxTokenAgeMs: 60_000,
}

async function causeOf(body: string): Promise<string> {
  try {
    await verifyFireblocksToken(Buffer.from(body), [key], NOW_MS)
    return 'accepted'
  } catch (error) {
    if (error instanceof ProtocolFault) return error.code.replace('ERR_PROTOCOL_TOKEN_', '')
    throw error
  }
}

it('forges nothing that verifies, each for its own cause', async () => {
  const causes = await Promise.all(
    FIREBLOCKS_FORGERIES.map(async (kind) => `${kind}: ${await causeOf(forgeQuestion(kind, signing, options))}`),
  )
  expect(causes).toEqual([
    'wrong-key: SIGNATURE',
    'alg-none: ALGORITHM',
    'hs256-public-key: ALGORITHM',
    'rs384: ALGORITHM',
    'rs512: ALGORITHM',
    'ps256: ALGORITHM',
    'kid-header: HEADER',
    'jwk-header: HEADER',
    'x5c-header: HEADER',
    'crit-header: HEADER',
    'typ-other: HEADER',
    'expired: EXPIRED',
    'exp-text: EXP_MISSING',
    'not-yet-valid: NOT_YET_VALID',
    'flipped-payload: SIGNATURE',
    'flipped-signature: SIGNATURE',
    'zero-signature: SIGNATURE',
    'obfuscated-signature: SIGNATURE',
    'standard-base64: MALFORMED',
    'truncated: SIGNATURE',
    'two-parts: MALFORMED',
    'four-parts: MALFORMED',
    'form: MALFORMED',
    'json: MALFORMED',
    'not-json: MALFORMED',
    'duplicate-members: MALFORMED',
    'empty: MALFORMED',
  ])
})

it('starts from a question that is true, or the forgeries would show nothing', async () => {
  const double = await openHandler()
  const { cosigner } = openCosigner(double)
  expect(await causeOf(cosigner.mint(signing))).toBe('accepted')
  const { decision, failure } = await cosigner.ask(signing, { body: forgeQuestion('kid-header', signing, options) })
  expect({ decision, failure }).toEqual({ decision: 'failed', failure: 'http' })
})
