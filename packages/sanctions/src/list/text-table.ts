import { hashWords } from './hash-words.ts'
import type { NumberImage } from './number-column.ts'
import { TextColumn, type TextImage } from './text-column.ts'

export interface TableImage {
  readonly texts: TextImage
  /** Pairs, as many as a power of two: the position of a text and one, or 0: free; and the hash of the text. */
  readonly slots: NumberImage
  readonly bytesMax: number
}

const FIRST_SLOTS = 1024
/** Slots taken at most. A slot has 8 bytes, so a text costs 16 to 32 here; linear probing then needs 1.5 to 2.5 looks (Knuth, 6.4). */
const LOAD_MAX = 0.5

/** Distinct texts, and where each one stands: a hash table (linear probing) that compares whole texts, so nothing is found by chance. */
export class TextTable {
  readonly #texts: TextColumn
  #slots: NumberImage
  #bytesMax: number
  /** What is asked for, in UTF-8, and the same memory in words. */
  #asked: Uint8Array<ArrayBuffer>
  #askedWords: Uint32Array
  #askedLength = 0

  constructor(image?: TableImage) {
    this.#texts = new TextColumn(image?.texts)
    this.#slots = image?.slots ?? new Uint32Array(2 * FIRST_SLOTS)
    this.#bytesMax = image?.bytesMax ?? 0
    this.#asked = room(this.#bytesMax)
    this.#askedWords = new Uint32Array(this.#asked.buffer)
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
    if (3 * text.length + WORD_BYTES > this.#asked.length) {
      this.#asked = room(2 * text.length)
      this.#askedWords = new Uint32Array(this.#asked.buffer)
    }
    const hash = this.#ask(text)
    const slot = this.#slotOf(hash)
    const known = this.#slots[slot] ?? 0
    if (known !== 0) return known - 1
    const position = this.#texts.push(this.#asked.subarray(0, this.#askedLength))
    this.#slots[slot] = position + 1
    this.#slots[slot + 1] = hash
    this.#bytesMax = Math.max(this.#bytesMax, this.#askedLength)
    if (this.length > LOAD_MAX * (this.#slots.length / 2)) this.#grow()
    return position
  }

  image(): TableImage {
    return { texts: this.#texts.image(), slots: this.#slots, bytesMax: this.#bytesMax }
  }

  /** Puts the text into `asked` and gives its hash. */
  #ask(text: string): number {
    const length = encoder.encodeInto(text, this.#asked).written
    for (let at = 0; at < WORD_BYTES; at += 1) this.#asked[length + at] = 0
    this.#askedLength = length
    return hashWords(this.#askedWords, Math.ceil(length / WORD_BYTES))
  }

  /** The slot of the text in `asked`, or the free one where it belongs. */
  #slotOf(hash: number): number {
    for (let slot = this.#firstSlotOf(hash); ; slot = this.#slotAfter(slot)) {
      const known = this.#slots[slot] ?? 0
      if (known === 0) return slot
      if (this.#slots[slot + 1] === hash && this.#texts.isAt(known - 1, this.#asked, this.#askedLength)) return slot
    }
  }

  #firstSlotOf(hash: number): number {
    return 2 * (hash & (this.#slots.length / 2 - 1))
  }

  #slotAfter(slot: number): number {
    return (slot + 2) & (this.#slots.length - 1)
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Uint32Array(2 * before.length)
    for (let from = 0; from < before.length; from += 2) {
      const [known = 0, hash = 0] = [before[from], before[from + 1]]
      if (known === 0) continue
      let slot = this.#firstSlotOf(hash)
      while (this.#slots[slot] !== 0) slot = this.#slotAfter(slot)
      this.#slots[slot] = known
      this.#slots[slot + 1] = hash
    }
  }
}

const WORD_BYTES = 4
const encoder = new TextEncoder()

/** For a text of so many UTF-16 units: at most three bytes each, and zeros up to a whole word. */
const room = (units: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(WORD_BYTES * Math.ceil((3 * units) / WORD_BYTES + 1))
