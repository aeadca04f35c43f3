import { createHmac, timingSafeEqual } from 'node:crypto'
import { malformed } from './http-fault.ts'

const HEX_SHA256 = /^[0-9a-f]{64}$/

/** Compares in constant time the HMAC-SHA256 of the raw body, lower hex, with what the header says. Throws HttpFault. */
export function assertSignature(
  body: Uint8Array,
  header: string | readonly string[] | undefined,
  secret: string,
): void {
  if (typeof header !== 'string' || !HEX_SHA256.test(header)) throw malformed('answered without one signature')
  const expected = createHmac('sha256', secret).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(header, 'hex'))) throw malformed('answered with a wrong signature')
}
