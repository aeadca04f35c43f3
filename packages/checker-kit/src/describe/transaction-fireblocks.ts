import type { FireblocksTransaction } from '@callback-quorum/protocol'
import { contentFieldsOf, partiesOf } from './content-fields.ts'
import type { Draft, Reading } from './draft.ts'
import { readKeyUseFireblocks } from './key-use-fireblocks.ts'
import { readMovementFireblocks } from './movement-fireblocks.ts'
import { readOperationFireblocks } from './operation-fireblocks.ts'
import { readPlaceFireblocks } from './place-fireblocks.ts'
import { readSigningHashesFireblocks } from './signing-hashes-fireblocks.ts'
import { readWalletFireblocks } from './wallet-fireblocks.ts'

/**
 * A transaction request of a Co-signer (protocol/fireblocks.md 2). It names neither an initiator nor an address that pays. What is signed,
 * and by which key, belongs to the signing stage alone.
 */
export function readTransactionFireblocks(
  transaction: FireblocksTransaction,
  kind: 'tx-approval' | 'tx-signing',
  reading: Reading,
): Draft {
  const { refuse } = reading
  const operation = readOperationFireblocks(transaction, refuse)
  const place = readPlaceFireblocks(transaction, operation, reading.assets, refuse)
  const wallet = readWalletFireblocks(transaction, refuse)
  const movement = readMovementFireblocks(transaction, operation, place, reading)
  const isSigning = kind === 'tx-signing'
  return {
    reference: transaction.externalTxId || undefined,
    wallet,
    ...place,
    sources: [],
    movement,
    description: transaction.note || undefined,
    signingHashes: isSigning ? readSigningHashesFireblocks(transaction, operation, place.chain?.family, refuse) : [],
    keyUse: isSigning ? readKeyUseFireblocks(transaction, operation, place.chain, refuse) : undefined,
    contentFields: contentFieldsOf(
      wallet,
      place,
      movement,
      transaction.extraParameters?.contractCallData,
      partiesOf(transaction),
    ),
  }
}
