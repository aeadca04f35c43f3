/** As it is handed to another thread: the memory moves, nothing is copied. */
export type NumberImage = Uint32Array<ArrayBuffer>

const FIRST_LENGTH = 256

/** Numbers of 32 bits, appended one after the other. */
export class NumberColumn {
  #numbers: NumberImage
  #length: number

  constructor(image?: NumberImage) {
    this.#numbers = image ?? new Uint32Array(FIRST_LENGTH)
    this.#length = image?.length ?? 0
  }

  get length(): number {
    return this.#length
  }

  at(position: number): number {
    return this.#numbers[position] ?? 0
  }

  set(position: number, value: number): void {
    this.#numbers[position] = value
  }

  /** Gives the position of the number. */
  push(value: number): number {
    if (this.#length === this.#numbers.length) {
      const grown = new Uint32Array(Math.max(FIRST_LENGTH, 2 * this.#length))
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[this.#length] = value
    return this.#length++
  }

  image(): NumberImage {
    return this.#numbers.slice(0, this.#length)
  }
}
