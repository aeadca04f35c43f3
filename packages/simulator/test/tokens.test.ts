import { ProtocolFault, verifyPackageToken } from '@callback-quorum/protocol'
import { describe, expect, it } from 'vitest'
import {
  FORGERIES,
  type Forgery,
  fingerprintOf,
  forgeToken,
  makeV2KeySign,
  packageBytes,
  signRequestToken,
} from '../src/index.ts'
import { NOW_MS, nodeKeys, TO } from './constellation.ts'

const content = makeV2KeySign({ to: TO, amount: '1', seed: 1, createdAtMs: NOW_MS })
const key = {
  owner: 'node',
  fingerprint: fingerprintOf(nodeKeys.publicKey),
  key: nodeKeys.publicKey,
  maxTokenAgeMs: 900_000,
}

const codeOf = (token: string): Promise<string> =>
  verifyPackageToken(token, [key], NOW_MS).then(
    () => 'verified',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : String(error)),
  )

describe('request tokens', () => {
  it('sign the package with the issuer and the life that were asked for', async () => {
    const token = await signRequestToken(content, {
      privateKey: nodeKeys.privateKey,
      issuer: 'me',
      expiresInSeconds: 60,
      nowMs: NOW_MS,
    })
    const verified = await verifyPackageToken(token, [key], NOW_MS)
    expect(Buffer.from(verified.content)).toEqual(Buffer.from(packageBytes(content)))
    expect(verified).toMatchObject({ owner: 'node', issuer: 'me', expiresAtMs: NOW_MS + 60_000 })
  })

  it('sign a text as it is, broken or not', async () => {
    const token = await signRequestToken('{"request_id":"a","request_id":"b"', {
      privateKey: nodeKeys.privateKey,
      nowMs: NOW_MS,
    })
    const verified = await verifyPackageToken(token, [key], NOW_MS)
    expect(Buffer.from(verified.content).toString()).toBe('{"request_id":"a","request_id":"b"')
  })

  // prettier-ignore
  it.each<[Forgery, string]>([
    ['wrong-key',           'ERR_PROTOCOL_TOKEN_SIGNATURE'],
    ['rs384',               'ERR_PROTOCOL_TOKEN_ALGORITHM'],
    ['rs512',               'ERR_PROTOCOL_TOKEN_ALGORITHM'],
    ['ps256',               'ERR_PROTOCOL_TOKEN_ALGORITHM'],
    ['hs256-public-key',    'ERR_PROTOCOL_TOKEN_ALGORITHM'],
    ['alg-none',            'ERR_PROTOCOL_TOKEN_ALGORITHM'],
    ['no-exp',              'ERR_PROTOCOL_TOKEN_EXP_MISSING'],
    ['exp-text',            'ERR_PROTOCOL_TOKEN_EXP_MISSING'],
    ['expired',             'ERR_PROTOCOL_TOKEN_EXPIRED'],
    ['far-exp',             'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR'],
    ['bad-base64',          'ERR_PROTOCOL_PACKAGE_DATA'],
    ['base64url',           'ERR_PROTOCOL_PACKAGE_DATA'],
    ['unpadded-base64',     'ERR_PROTOCOL_PACKAGE_DATA'],
    ['no-package-data',     'ERR_PROTOCOL_PACKAGE_DATA'],
    ['package-data-object', 'ERR_PROTOCOL_PACKAGE_DATA'],
    ['not-json',            'ERR_PROTOCOL_TOKEN_MALFORMED'],
    ['crit-header',         'ERR_PROTOCOL_TOKEN_HEADER'],
    ['jwk-header',          'ERR_PROTOCOL_TOKEN_HEADER'],
    ['flipped-payload',     'ERR_PROTOCOL_TOKEN_SIGNATURE'],
    ['flipped-signature',   'ERR_PROTOCOL_TOKEN_SIGNATURE'],
    ['two-parts',           'ERR_PROTOCOL_TOKEN_MALFORMED'],
    ['truncated',           'ERR_PROTOCOL_TOKEN_SIGNATURE'],
  ])('the forgery %s is refused for what it is: %s', async (kind, code) => {
    expect(await codeOf(forgeToken(kind, content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS }))).toBe(code)
  })

  it('lists every forgery it can make', () => {
    expect(new Set(FORGERIES).size).toBe(22)
  })
})
