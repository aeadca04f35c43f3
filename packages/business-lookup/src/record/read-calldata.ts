import { createHash } from 'node:crypto'

/** As long as what describe takes of a request; nothing longer could equal one. */
const CHARACTERS_MAX = 65_002

/** Of call data as lower-case hex without 0x: SHA-256 of its bytes, lower-case hex. */
export const calldataDigest = (hex: string): string => {
  // Buffer would end at the first character that is no digit, so that two calls could look alike.
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new Error('invariant: call data is hex')
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
}

/** Of call data as the business system writes it, `0x` hex or `sha256:<hex>`: the same digest. Undefined when it is neither. */
export function readCalldata(text: string): string | undefined {
  if (text.length > CHARACTERS_MAX) return undefined
  const [, digest] = /^sha256:([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (digest !== undefined) return digest.toLowerCase()
  const [, hex] = /^0x((?:[0-9a-fA-F]{2})*)$/.exec(text) ?? []
  return hex === undefined ? undefined : calldataDigest(hex.toLowerCase())
}
