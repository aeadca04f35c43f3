import { readListedAddress } from '@callback-quorum/chains'
import { cleanListedValue } from '../../list/clean-listed-value.ts'

const LENGTH_MAX = 256
/** The texts of one publication repeat themselves; beyond this many different words the memory of them starts anew. */
const REMEMBERED_MAX = 100_000

/** Letters of other scripts and invisible ones are taken too: hand-made lists have them inside addresses (domain/sanctions 1.4). */
const WORD = '[\\p{L}\\p{N}\\p{M}\\p{Cf}]'
const SHAPES: readonly RegExp[] = [
  // With a prefix: `bitcoincash:q…`, `bitcoin:1…`, and TON's `0:` and hash.
  new RegExp(`(?:[A-Za-z]{2,20}|-1|0):${WORD}{20,}`, 'gu'),
  // TON's base64 and base64url.
  /(?<![\w+/-])[\w+/-]{48}(?![\w+/-])/g,
  // Also where something is written against it: `wallet0x…`.
  /0x[0-9a-fA-F]{40}(?![0-9a-fA-F])/g,
  new RegExp(`${WORD}{20,}`, 'gu'),
]
/** The first two once more, for texts that are not all ASCII: letters of other scripts may stand in the prefix and in TON's base64. */
const HIDDEN_SHAPES: readonly RegExp[] = [
  new RegExp(`-?${WORD}{1,30}:${WORD}{20,}`, 'gu'),
  new RegExp(`(?:${WORD}|[_+/-]){48,}`, 'gu'),
]
const NOT_ASCII = /[^\p{ASCII}]/u

/**
 * Finds addresses in running text by trying every word of 20 letters and more. Kept is what some chain reads: its checksum proves it.
 * Three forms have none and are kept all the same, since nothing else is written so: `0x` and 40 hexadecimal digits, TON's raw form, and
 * 32 bytes in base58 (Solana). An address that the text breaks into pieces is not found.
 */
export class AddressFinder {
  /** A word to the keys that it stands for; empty for a word that is no address. */
  readonly #known = new Map<string, readonly string[]>()

  /** Every address once, as it is written. */
  find(texts: Iterable<string>): readonly string[] {
    const found: string[] = []
    const keys = new Set<string>()
    for (const text of texts)
      for (const word of wordsOf(text)) {
        const read = this.#keysOf(word)
        if (read.every((key) => keys.has(key))) continue
        for (const key of read) keys.add(key)
        found.push(word)
      }
    return found
  }

  #keysOf(word: string): readonly string[] {
    const known = this.#known.get(word)
    if (known !== undefined) return known
    if (this.#known.size === REMEMBERED_MAX) this.#known.clear()
    const keys = keysOf(word)
    this.#known.set(word, keys)
    return keys
  }
}

const wordsOf = (text: string): string[] =>
  (NOT_ASCII.test(text) ? [...SHAPES, ...HIDDEN_SHAPES] : SHAPES)
    .flatMap((shape) => text.match(shape) ?? [])
    .filter((word) => word.length <= LENGTH_MAX)

function keysOf(word: string): readonly string[] {
  const cleaned = cleanListedValue(word)
  const spellings = cleaned === word || cleaned === '' ? [word] : [word, cleaned]
  return spellings
    .flatMap((text) => readListedAddress(text))
    .flatMap(({ family, key }) => (family === 'opaque' ? [] : [key]))
}
