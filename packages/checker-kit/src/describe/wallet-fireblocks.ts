import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Refuse } from './refuse.ts'

/** A vault account as addresses.yaml names it, `VAULT:0`: nothing else is paid from by a key share of ours. */
export function readWalletFireblocks(
  { sourceType, sourceId }: FireblocksTransaction,
  refuse: Refuse,
): string | undefined {
  if (sourceType !== 'VAULT') {
    refuse('TYPE_UNSUPPORTED', 'the source is no vault account, and our key share signs for those alone')
    return undefined
  }
  if (!sourceId) {
    refuse('WALLET_MISSING', 'the request does not say from which vault account')
    return undefined
  }
  return `${sourceType}:${sourceId}`
}
