import type { AssetRegistry, Chain, ChangeCandidates } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Question } from '../question.ts'
import { statedFeeOf } from './stated-fee.ts'

/**
 * Where the change of a payment may go: to the addresses of the wallet that pays, in the order of addresses.yaml. None while the request names
 * no fee, for then nobody can tell how much it is.
 */
export function changeCandidatesOf(
  { fee }: FireblocksTransaction,
  { wallet }: Question,
  chain: Chain,
  assets: AssetRegistry,
  addresses: AddressBook,
): ChangeCandidates | undefined {
  const feeAtomic = statedFeeOf(fee, chain, assets)
  if (typeof feeAtomic !== 'bigint' || wallet === undefined) return undefined
  const own = addresses.listedOn(chain.id).filter(({ key }) => addresses.ownerOf(key, chain.id)?.wallet === wallet)
  return { addresses: own.map(({ text }) => text), feeAtomic }
}
