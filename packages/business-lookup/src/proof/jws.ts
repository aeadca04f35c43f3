import { compactVerify } from 'jose'
import { z } from 'zod'
import { ProofFault } from './proof-fault.ts'
import type { ProofKey, ProofKeys } from './proof-keys.ts'
import { strictly } from './strictly.ts'

/** A batch of the largest size with an amount, an address and a tag each, and call data of the longest, stays below it. */
const LENGTH_MAX = 512 * 1024
/** Read before anything is verified. */
const HEADER_LENGTH_MAX = 4_096

const headerSchema = z.looseObject({ alg: z.string(), kid: z.string() })

/**
 * The payload of a compact JWS (RFC 7515 section 7.1) that one of these keys signed, by the key id of its header and with an algorithm of that
 * very key. Throws ProofFault.
 */
export async function verifyJws(
  token: string,
  keys: ProofKeys,
  now: Date,
): Promise<{ readonly payload: Uint8Array; readonly kid: string }> {
  const { alg, kid } = headerOf(token)
  const key = keys.get(kid)
  if (key === undefined) throw new ProofFault('its key id is not known')
  if (key.notAfterMs !== undefined && now.getTime() > key.notAfterMs) throw new ProofFault('its key has expired')
  if (!key.algorithms.some((one) => one === alg)) throw new ProofFault('its algorithm is not one of its key')
  return { payload: await payloadSignedBy(token, key), kid }
}

function headerOf(token: string): { readonly alg: string; readonly kid: string } {
  if (token.length > LENGTH_MAX) throw new ProofFault('it is too long')
  const segments = token.split('.', 4)
  // Bits that base64url leaves unused would otherwise give one signature several spellings (RFC 4648 section 3.5).
  if (segments.length !== 3 || !segments.every((segment) => segment !== '' && isCanonicalBase64url(segment)))
    throw new ProofFault('it is no compact JWS')
  const header = segments[0] ?? ''
  if (header.length > HEADER_LENGTH_MAX) throw new ProofFault('its header is too long')
  const members = strictly(headerSchema, Buffer.from(header, 'base64url'))
  if (members === undefined) throw new ProofFault('its header does not name an algorithm and a key id')
  if (Object.keys(members).some(isRefusedHeader)) throw new ProofFault('its header brings what is refused')
  return members
}

const isCanonicalBase64url = (segment: string): boolean =>
  Buffer.from(segment, 'base64url').toString('base64url') === segment

/** Whatever brings its own key or asks to be read another way (RFC 7515 section 4.1, RFC 7797). */
function isRefusedHeader(name: string): boolean {
  const folded = name.toLowerCase()
  return ['crit', 'jku', 'jwk', 'b64'].includes(folded) || folded.startsWith('x5')
}

async function payloadSignedBy(token: string, { key, algorithms }: ProofKey): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [...algorithms] })
    return payload
  } catch {
    throw new ProofFault('its signature does not verify')
  }
}
