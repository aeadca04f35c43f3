import type { Chain } from '@callback-quorum/chains'
import type { CoboV2KeySign, CoboV2Transaction } from '@callback-quorum/protocol'
import type { Reading } from './draft.ts'

/**
 * The wallet that the request names. Limits hang on it, so it must not be named in one place and another one be meant in the
 * next, nor contradict what addresses.yaml says of the addresses that pay.
 */
export function readWalletV2(
  wallet: CoboV2KeySign['extra']['wallet'],
  transaction: CoboV2Transaction,
  sources: readonly string[],
  chain: Chain | undefined,
  { addresses, refuse }: Reading,
): string | undefined {
  if (wallet === undefined) return undefined
  const { wallet_id: walletId } = wallet
  const { source } = transaction
  const ofSource = 'wallet_id' in source ? source.wallet_id : undefined
  if (transaction.wallet_id !== walletId || (ofSource !== undefined && ofSource !== walletId)) {
    refuse('WALLET_MISMATCH', 'wallet, transaction and source do not name the same wallet')
  }
  const owners = chain === undefined ? [] : sources.map((source) => addresses.walletOf(source, chain.id))
  if (owners.some((owner) => owner !== undefined && owner !== walletId)) {
    refuse('WALLET_MISMATCH', 'addresses.yaml says that a source address belongs to another wallet')
  }
  return walletId || undefined
}
