import { CUSTODY, makeV2KeySign, type CoboPackage, type TransferOptions } from '@callback-quorum/simulator'

/** A payment whose every member follows from its request id and `change`: asked twice it has the same digest. */
export const payment = (requestId: string, change: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({
    requestId,
    transactionId: requestId,
    coboId: requestId,
    to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
    amount: '1',
    organisation: CUSTODY.organisation,
    seed: 3,
    createdAtMs: 1_760_000_000_000,
    ...change,
  })
