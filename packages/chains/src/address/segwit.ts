import { bech32, bech32m } from '@scure/base'
import { invalidAddress } from '../faults.ts'

/** BIP-173: what a bech32 string may have at most. */
const BECH32_LENGTH_MAX = 90

export interface Bech32Text {
  readonly hrp: string
  readonly words: readonly number[]
  readonly variant: 'bech32' | 'bech32m'
}

export interface WitnessProgram {
  readonly version: number
  readonly program: Uint8Array
}

/** Decodes all-lower or all-upper bech32 or bech32m; the checksum tells which of the two it is. */
export function readBech32(text: string): Bech32Text {
  for (const [variant, coder] of [['bech32', bech32] as const, ['bech32m', bech32m] as const]) {
    const decoded = coder.decodeUnsafe(text, BECH32_LENGTH_MAX)
    if (decoded) return { hrp: decoded.prefix, words: decoded.words, variant }
  }
  throw invalidAddress('bech32 checksum, case or length is wrong')
}

/** 5-bit words to bytes; padding has to be shorter than a word and zero. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = bech32.fromWordsUnsafe([...words])
  if (!bytes) throw invalidAddress('bech32 padding is wrong')
  return bytes
}

/** BIP-173 and BIP-350: version 0 is bech32, later versions are bech32m. */
export function readWitnessProgram(text: string, hrp: string): WitnessProgram {
  const decoded = readBech32(text)
  if (decoded.hrp !== hrp) throw invalidAddress('bech32 prefix of another chain or network')
  const [version, ...words] = decoded.words
  if (version === undefined) throw invalidAddress('witness version missing')
  if (decoded.variant !== (version === 0 ? 'bech32' : 'bech32m'))
    throw invalidAddress('bech32 variant of another version')
  return { version, program: bytesOfWords(words) }
}
