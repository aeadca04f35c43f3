import { createHash, createHmac } from 'node:crypto'

export interface SignedRequest {
  readonly method: string
  /** With query, as it stands in the request line. */
  readonly path: string
  readonly body?: string
}

/**
 * Headers of a signed request. Signed are the timestamp (Unix seconds), the method, the path with its query and the SHA-256 (lower hex) of the
 * body, with line feeds between them; the server must allow 60 s of skew and should refuse what is older.
 */
export function signRequest(
  { method, path, body = '' }: SignedRequest,
  { keyId, secret, nowMs }: { readonly keyId: string; readonly secret: string; readonly nowMs: number },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const bodyDigest = createHash('sha256').update(body).digest('hex')
  const signature = createHmac('sha256', secret).update([timestamp, method, path, bodyDigest].join('\n')).digest('hex')
  return { 'x-key-id': keyId, 'x-timestamp': timestamp, 'x-signature': signature }
}
