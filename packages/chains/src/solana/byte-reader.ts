import { malformed, tooLarge } from '../faults.ts'

/** Reads bytes in order and never behind their end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  get at(): number {
    return this.#at
  }

  byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw malformed('ends too early')
    this.#at += 1
    return byte
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw malformed('ends too early')
    const taken = this.#bytes.slice(this.#at, this.#at + length)
    this.#at += length
    return taken
  }

  /**
   * compact-u16: seven bits in a byte, at most three bytes, as short as it goes (solana short_vec). A length over `max` is refused before
   * anything is made of that size.
   */
  compact(max: number, what: string): number {
    let value = 0
    for (let index = 0; index < 3; index += 1) {
      const byte = this.byte()
      value |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) {
        if (index > 0 && byte === 0) throw malformed('a length with a byte too many')
        if (value > 0xffff) throw malformed('a length of more than 16 bits')
        if (value > max) throw tooLarge(`more than ${String(max)} ${what}`)
        return value
      }
    }
    throw malformed('a length of more than three bytes')
  }

  /** Little endian. */
  u32(): number {
    return Number(this.#unsigned(4))
  }

  u64(): bigint {
    return this.#unsigned(8)
  }

  i64(): bigint {
    return BigInt.asIntN(64, this.#unsigned(8))
  }

  #unsigned(length: number): bigint {
    return this.take(length).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
  }
}
