import type { Chain, Decoded } from '@callback-quorum/chains'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { KeyUse, Question } from '../question.ts'
import type { RefuseBinding } from './refusal.ts'

/**
 * A Co-signer names neither a public key nor an address that pays, and the bytes of an EVM transaction do not either: whose nonce and coins
 * they use cannot be derived here, only that the key is said to be of the vault account (describe). Bitcoin's bytes name the accounts whose
 * outputs are spent: none of them may be one that addresses.yaml knows as another wallet's. Without the path, not even that much is said of who pays,
 * and of Bitcoin-like bytes not on which network.
 */
export function checkSource(
  { wallet }: Question,
  keyUse: KeyUse,
  { inputs = [], message }: Decoded,
  chain: Chain,
  addresses: AddressBook,
  refuse: RefuseBinding,
): void {
  if (message === undefined && keyUse.paths.length === 0)
    refuse('KEY_MISSING', 'the request does not say the key of which vault account signs')
  for (const [index, { account }] of inputs.entries()) {
    const owner = account && addresses.ownerOf(account.key, chain.id)
    if (owner !== undefined && owner.wallet !== wallet)
      refuse('RAW_SENDER_DIFFERS', `input ${String(index)} spends from another wallet than the description says`)
  }
}
