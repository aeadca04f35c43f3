import { sha256 } from '@noble/hashes/sha2.js'
import { PublicKey } from '@solana/web3.js'

/** The same seed makes the same draws: SHA-256 of the seed and a counter. */
export class Dice {
  readonly #seed: number
  #drawn = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  bytes(length: number): Uint8Array {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () => {
      this.#drawn += 1
      return [...sha256(new TextEncoder().encode(`${String(this.#seed)} ${String(this.#drawn)}`))]
    })
    return Uint8Array.from(blocks.flat().slice(0, length))
  }

  bits(count: number): bigint {
    return this.bytes(8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) & ((1n << BigInt(count)) - 1n)
  }

  below(limit: number): number {
    return Number(this.bits(48)) % limit
  }

  isHeads(): boolean {
    return this.below(2) === 0
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new Error('nothing to pick from')
    return choice
  }

  /** Any 32 bytes are an account, on the curve or not. */
  key(): PublicKey {
    return new PublicKey(this.bytes(32))
  }

  /** Of any size, small ones as often as large ones. */
  amount(bitsMax = 64): bigint {
    return this.bits(this.below(bitsMax) + 1)
  }

  text(): string {
    return this.pick(['order 17', '', 'für Zoë — 4 €', '\uFEFFa mark', 'x'.repeat(32)])
  }
}
