import { type KeyObject, sign } from 'node:crypto'

/** The header of a real Co-signer, member for member in this order; no `kid` (protocol/fireblocks.md 5). */
const HEADER = Buffer.from('{"typ":"JWT","alg":"RS256"}').toString('base64url')

/** Any bytes as a Co-signer signs them. PKCS #1 v1.5 has no randomness: the same bytes give the same token. */
export function signCosignerToken(content: Uint8Array, privateKey: KeyObject): string {
  const input = `${HEADER}.${Buffer.from(content).toString('base64url')}`
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
}
