import { createHash, type X509Certificate } from 'node:crypto'

/** The pin as libcurl takes it (CURLOPT_PINNEDPUBLICKEY): SHA-256 of the public key (SPKI, DER). It outlives a renewal with the same key. */
export function publicKeyPin({ publicKey }: X509Certificate): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return `sha256//${createHash('sha256').update(spki).digest('base64')}`
}
