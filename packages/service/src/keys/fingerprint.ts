import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

/** Names a key in every role: SHA-256, lower hex, of the DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) of its public half. */
export function spkiFingerprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
