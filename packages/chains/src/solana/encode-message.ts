import { concatBytes } from '@noble/hashes/utils.js'
import { VERSION_MARK, type MessageParts } from './message-parts.ts'

/** The bytes of a message, which are what is signed. */
export function encodeMessage({ version, header, keys, lifetime, instructions, lookups }: MessageParts): Uint8Array {
  const { signers, readOnlySigners, readOnlyOthers } = header
  return concatBytes(
    Uint8Array.from(version === 'v0' ? [VERSION_MARK] : []),
    Uint8Array.of(signers, readOnlySigners, readOnlyOthers),
    compact(keys.length),
    ...keys,
    lifetime,
    compact(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [
      Uint8Array.of(program),
      ...withLength(accounts),
      ...withLength(data),
    ]),
    ...(version === 'v0' ? [compact(lookups.length)] : []),
    ...lookups.flatMap(({ table, writable, readOnly }) => [table, ...withLength(writable), ...withLength(readOnly)]),
  )
}

const withLength = (bytes: Uint8Array): readonly Uint8Array[] => [compact(bytes.length), bytes]

function compact(length: number): Uint8Array {
  const bytes: number[] = []
  let left = length
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80)
    left >>= 7
  }
  return Uint8Array.of(...bytes, left)
}
