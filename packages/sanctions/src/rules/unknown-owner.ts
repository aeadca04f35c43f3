import type { Asset } from '@callback-quorum/chains'
import type { Objection, Output } from '@callback-quorum/checker-kit'

/** An SPL transfer pays a token account; who owns it cannot be told from the address, and a listed owner can have many. */
export function unknownOwner(asset: Asset | undefined, outputs: readonly Output[]): readonly Objection[] {
  if (asset?.chain.family !== 'solana' || asset.contract === undefined || outputs.length === 0) return []
  return [
    { code: 'TOKEN_ACCOUNT_OWNER_UNKNOWN', text: 'the owner behind a Solana token account cannot be screened yet' },
  ]
}
