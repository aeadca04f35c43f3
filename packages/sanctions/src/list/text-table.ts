import type { NumberImage } from './number-column.ts'
import { TextColumn, type TextImage } from './text-column.ts'

export interface TableImage {
  readonly texts: TextImage
  /** Position of a text and one, or 0: free. As many as a power of two. */
  readonly slots: NumberImage
  /** Of each slot that is taken, 8 bits of the hash of its text. */
  readonly tags: Uint8Array<ArrayBuffer>
  readonly bytesMax: number
}

const FIRST_SLOTS = 1024
/** Slots taken at most. A slot has 5 bytes with its tag, so a text costs 10 to 20 here; linear probing then needs 1.5 to 2.5 looks (Knuth, 6.4). */
const LOAD_MAX = 0.5

/** Distinct texts, and where each one stands: a hash table (FNV-1a, linear probing) that compares whole texts, so nothing is found by chance. */
export class TextTable {
  readonly #texts: TextColumn
  #slots: NumberImage
  #tags: Uint8Array<ArrayBuffer>
  #bytesMax: number
  #asked: Uint8Array
  #askedLength = 0

  constructor(image?: TableImage) {
    this.#texts = new TextColumn(image?.texts)
    this.#slots = image?.slots ?? new Uint32Array(FIRST_SLOTS)
    this.#tags = image?.tags ?? new Uint8Array(FIRST_SLOTS)
    this.#bytesMax = image?.bytesMax ?? 0
    this.#asked = new Uint8Array(3 * this.#bytesMax)
  }

  get length(): number {
    return this.#texts.length
  }

  at(position: number): string {
    return this.#texts.at(position)
  }

  /** The position of a text; -1: not here. */
  find(text: string): number {
    // UTF-8 has at least as many bytes as the string has units; this also bounds what an asker can make us read.
    if (text.length > this.#bytesMax) return -1
    return (this.#slots[this.#slotOf(this.#ask(text))] ?? 0) - 1
  }

  /** The position of a text, which is put in if it is new. */
  add(text: string): number {
    if (3 * text.length > this.#asked.length) this.#asked = new Uint8Array(6 * text.length)
    const hash = this.#ask(text)
    const slot = this.#slotOf(hash)
    const known = this.#slots[slot] ?? 0
    if (known !== 0) return known - 1
    const position = this.#texts.push(this.#asked.subarray(0, this.#askedLength))
    this.#slots[slot] = position + 1
    this.#tags[slot] = tagOf(hash)
    this.#bytesMax = Math.max(this.#bytesMax, this.#askedLength)
    if (this.length > LOAD_MAX * this.#slots.length) this.#grow()
    return position
  }

  image(): TableImage {
    return { texts: this.#texts.image(), slots: this.#slots, tags: this.#tags, bytesMax: this.#bytesMax }
  }

  /** Puts the text into `asked` as UTF-8 and gives its hash. */
  #ask(text: string): number {
    const asked = this.#asked
    let hash = FNV_OFFSET
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) return this.#askBeyondAscii(text)
      asked[at] = unit
      hash = Math.imul(hash ^ unit, FNV_PRIME)
    }
    this.#askedLength = text.length
    return hash
  }

  #askBeyondAscii(text: string): number {
    this.#askedLength = encoder.encodeInto(text, this.#asked).written
    let hash = FNV_OFFSET
    for (let at = 0; at < this.#askedLength; at += 1) hash = Math.imul(hash ^ (this.#asked[at] ?? 0), FNV_PRIME)
    return hash
  }

  /** Where the text in `asked` stands, or the free slot where it belongs. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1
    const tag = tagOf(hash)
    // The low bits of FNV-1a depend on the last characters only weakly: fold the high ones in.
    let slot = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const known = this.#slots[slot] ?? 0
      if (known === 0) return slot
      if (this.#tags[slot] === tag && this.#texts.isAt(known - 1, this.#asked, this.#askedLength)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length)
    this.#tags = new Uint8Array(this.#slots.length)
    for (let position = 0; position < this.length; position += 1) {
      const hash = this.#ask(this.#texts.at(position))
      const slot = this.#slotOf(hash)
      this.#slots[slot] = position + 1
      this.#tags[slot] = tagOf(hash)
    }
  }
}

/** Bits that hardly decide on the slot. */
const tagOf = (hash: number): number => hash >>> 24
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
const encoder = new TextEncoder()
