import { createHash, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { VerificationKey } from '../src/index.ts'

export const NOW_MS = 1_800_000_000_000

export interface TestKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly verification: VerificationKey
}

export function createTestKey(owner: string, bits = 2048): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return { privateKey, publicKey, verification: verificationKeyOf(owner, publicKey) }
}

export function verificationKeyOf(owner: string, publicKey: KeyObject): VerificationKey {
  const fingerprint = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return { owner, fingerprint, key: publicKey, maxTokenAgeMs: 15 * 60_000 }
}
