import { sign, type KeyObject } from 'node:crypto'

/** A compact JWS of any content, also of one that nobody of ours would sign (RFC 7515 section 7.1, RS256). */
export function compactToken(content: object | Uint8Array, key: KeyObject): string {
  const payload = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
  const header = Buffer.from('{"typ":"JWT","alg":"RS256"}').toString('base64url')
  const signed = `${header}.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
