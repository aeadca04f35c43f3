import type { CoboV2KeySign, CoboV2Transaction } from '@callback-quorum/protocol'
import { readAssetV2 } from './asset-v2.ts'
import { readOperationV2 } from './destination-v2.ts'
import type { Draft, Reading } from './draft.ts'
import { readKeyUseV2 } from './key-use.ts'
import { readMovementV2 } from './movement-v2.ts'
import { readSigningHashes } from './signing-hashes.ts'
import { distinctSources } from './sources.ts'
import { readWalletV2 } from './wallet-v2.ts'

/** A KeySign request of v2 (protocol/cobo.md 3.2, 3.6, 3.8). */
export function readKeySignV2(request: CoboV2KeySign, reading: Reading): Draft {
  const { detail, extra } = request
  const keyUse = readKeyUseV2(request)
  const { transaction, wallet } = extra
  if (transaction === undefined || !detail.biz_task_id || detail.biz_task_id !== transaction.transaction_id) {
    reading.refuse('TASK_MISMATCH', 'biz_task_id is not the id of the transaction beside it')
  }
  const written = [...(extra.source_addresses ?? []).map(({ address }) => address), ...sourceAddress(transaction)]
  if (transaction === undefined) {
    const signingHashes = readSigningHashes(detail, undefined, reading.refuse)
    return { sources: written, signingHashes, keyUse, movement: { operation: 'other', outputs: [] } }
  }

  const operation = readOperationV2(transaction, reading.refuse)
  const place = readAssetV2(transaction, operation, reading.assets, reading.refuse)
  const sources = distinctSources(place.chain, written)
  return {
    reference: transaction.request_id || undefined,
    initiator: initiatorOf(transaction),
    wallet: readWalletV2(wallet, transaction, sources, place.chain, reading),
    ...place,
    sources,
    movement: readMovementV2(transaction.destination, operation, place, reading),
    description: transaction.description || undefined,
    signingHashes: readSigningHashes(detail, place.chain?.family, reading.refuse),
    keyUse,
  }
}

function sourceAddress(transaction: CoboV2Transaction | undefined): readonly string[] {
  const source = transaction?.source
  return source !== undefined && 'address' in source && source.address ? [source.address] : []
}

function initiatorOf({ initiator, initiator_type: type }: CoboV2Transaction): Draft['initiator'] {
  return initiator ? { id: initiator, ...(type !== '' && { type }) } : undefined
}
