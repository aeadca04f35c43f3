import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { signExportManifest, verifyExportManifest, type ExportManifest } from '../src/index.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEYS = [{ owner: 'sanctions', fingerprint: 'f', key: publicKey, maxTokenAgeMs: 0 }]
const DECADES_LATER_MS = Date.UTC(2046, 0)
const MANIFEST: ExportManifest = {
  iss: 'sanctions',
  from: '2026-10-01T00:00:00.000Z',
  to: '2026-11-01T00:00:00.000Z',
  upto: '7',
  records: 2,
  bytes: 100,
  sha256: 'ab'.repeat(32),
  made_at: '2026-11-21T00:00:00.000Z',
}

const tokenOf = (claims: object, typ: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', typ })}.${part(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

test('a manifest is as good after decades as on the first day', async () => {
  const token = await signExportManifest(MANIFEST, privateKey)
  expect(await verifyExportManifest(token, KEYS, DECADES_LATER_MS)).toEqual(MANIFEST)
})

test('what the same key signed as something else is no manifest', async () => {
  const verify = (token: string) => verifyExportManifest(token, KEYS, DECADES_LATER_MS)
  await expect(verify(tokenOf(MANIFEST, 'cq-outcome+jwt'))).rejects.toMatchObject({ code: 'ERR_PROTOCOL_TOKEN_HEADER' })
  await expect(verify(tokenOf({ ...MANIFEST, records: -1 }, 'cq-export+jwt'))).rejects.toMatchObject({
    code: 'ERR_PROTOCOL_MANIFEST_MALFORMED',
    detail: 'records',
  })
  await expect(verify(tokenOf({ ...MANIFEST, more: 1 }, 'cq-export+jwt'))).rejects.toMatchObject({
    code: 'ERR_PROTOCOL_MANIFEST_MALFORMED',
  })
})
