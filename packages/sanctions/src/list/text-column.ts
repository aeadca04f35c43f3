import { NumberColumn, type NumberImage } from './number-column.ts'

/** Texts one after the other in UTF-8, and where each ends. */
export interface TextImage {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly ends: NumberImage
}

const FIRST_BYTES = 4096

/** Many short texts without a JavaScript string for each: they weigh what they have characters, and the garbage collector sees one object. */
export class TextColumn {
  #bytes: Uint8Array<ArrayBuffer>
  /** The same memory, as what can read texts out of it. */
  #buffer: Buffer
  readonly #ends: NumberColumn

  constructor(image?: TextImage) {
    this.#bytes = image?.bytes ?? new Uint8Array(FIRST_BYTES)
    this.#buffer = bufferOf(this.#bytes)
    this.#ends = new NumberColumn(image?.ends)
  }

  get length(): number {
    return this.#ends.length
  }

  /** Gives the position of the text. */
  push(utf8: Uint8Array): number {
    const start = this.#startOf(this.length)
    const end = start + utf8.length
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(FIRST_BYTES, 2 * end))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#buffer = bufferOf(grown)
    }
    this.#bytes.set(utf8, start)
    return this.#ends.push(end)
  }

  at(position: number): string {
    return this.#buffer.toString('utf8', this.#startOf(position), this.#ends.at(position))
  }

  /** Whether the text there is the first `length` bytes of `utf8`. */
  isAt(position: number, utf8: Uint8Array, length: number): boolean {
    const start = this.#startOf(position)
    if (this.#ends.at(position) - start !== length) return false
    // From the end: what listed texts have in common stands at their beginning.
    for (let at = length - 1; at >= 0; at -= 1) if (this.#bytes[start + at] !== utf8[at]) return false
    return true
  }

  image(): TextImage {
    return { bytes: this.#bytes.slice(0, this.#startOf(this.length)), ends: this.#ends.image() }
  }

  #startOf(position: number): number {
    return position === 0 ? 0 : this.#ends.at(position - 1)
  }
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Buffer =>
  Buffer.from(buffer, byteOffset, length)
