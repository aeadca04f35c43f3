import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCoboRequest, verifyPackageToken } from '../src/index.ts'
import { verificationKeyOf } from './signing-keys.ts'

interface DocVector {
  readonly jwt: string
  readonly claims: { readonly exp: number; readonly iss: string }
  readonly package_data_json: string
  readonly public_key_pem: string
}

const vector = JSON.parse(readFileSync(new URL('vectors/cobo-doc-jwt.json', import.meta.url), 'utf8')) as DocVector
const key = verificationKeyOf('checker', createPublicKey(vector.public_key_pem))
const expiresAtMs = vector.claims.exp * 1_000

describe('the token of the vendor’s documentation', () => {
  it('verifies with its published key a minute before it expires', async () => {
    const verified = await verifyPackageToken(vector.jwt, [key], expiresAtMs - 60_000)
    expect(Buffer.from(verified.content).toString()).toBe(vector.package_data_json)
    expect(verified).toMatchObject({ owner: 'checker', issuer: 'TEST_CHECKER', expiresAtMs })
  })

  it('is refused once it has expired', async () => {
    for (const nowMs of [expiresAtMs, 1_800_000_000_000]) {
      await expect(verifyPackageToken(vector.jwt, [key], nowMs)).rejects.toMatchObject({
        code: 'ERR_PROTOCOL_TOKEN_EXPIRED',
      })
    }
  })

  it('is refused years before its exp', async () => {
    await expect(verifyPackageToken(vector.jwt, [key], 0)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR',
    })
  })

  it('is a malformed key generation in both dialects: its detail is not JSON', async () => {
    const { content } = await verifyPackageToken(vector.jwt, [key], expiresAtMs - 60_000)
    for (const dialect of ['cobo-v1', 'cobo-v2'] as const) {
      expect(readCoboRequest(dialect, content)).toMatchObject({
        result: 'malformed',
        requestId: 'test_request_id',
        requestType: 1,
        kind: 'keygen',
        code: 'DETAIL_INVALID',
      })
    }
  })
})
