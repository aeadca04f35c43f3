import type { Kind } from '@callback-quorum/protocol'

/** Whether an APPROVE of this kind makes the key share sign a transaction. One of another kind moves nothing by itself. */
export const isSigning = (kind: Kind): boolean => kind === 'keysign' || kind === 'tx-signing'
