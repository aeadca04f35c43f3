import type { CoboPackage } from '@callback-quorum/simulator'
import type { Random } from './random.ts'

/** How to make signing requests of one chain, with bytes made by a library that is not the decoder's. */
export interface ChainCase<Payment> {
  readonly chain: string
  random(random: Random): Payment
  /** A request whose bytes do `signed` and whose description says `described`. The hashes are those of the bytes. */
  build(signed: Payment, described: Payment): CoboPackage
  /** One field changed so that the payment is another one. */
  readonly mutations: readonly ((payment: Payment, random: Random) => Payment)[]
}
