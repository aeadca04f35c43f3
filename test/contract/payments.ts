import { randomUUID } from 'node:crypto'
import type { BookedWithdrawal, CheckerName } from '@callback-quorum/cli'
import { makeV2KeySign, type CoboPackage, type TransferOptions } from '@callback-quorum/simulator'

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** Nobody's in particular. */
const STRANGER = '0x1111111111111111111111111111111111111111'
/** Lazarus Group, in the packaged OFAC list. */
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** What each checker exists to refuse, and the code it refuses it with. */
export const REFUSED: Readonly<
  Record<CheckerName, { readonly what: string; readonly code: string; readonly payment: Partial<TransferOptions> }>
> = {
  limits: { what: 'a payment over a limit', code: 'LIMIT_TX', payment: { amount: '60000' } },
  sanctions: { what: 'a payment to a listed address', code: 'SANCTIONS_MATCH', payment: { to: LISTED } },
  'business-lookup': {
    what: 'another amount than was ordered',
    code: 'AMOUNT_MISMATCH',
    payment: { amount: '1249' },
  },
  integrity: {
    what: 'bytes that pay somebody else than they are described to pay',
    code: 'RAW_DESTINATION_DIFFERS',
    payment: { to: STRANGER, describedAs: { to: CUSTOMER } },
  },
}

/** A payment that no checker has anything against, with what `payment` says instead. */
export const paymentOf = (reference: string, payment: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({
    token: 'ETH_USDT',
    amount: '1250',
    to: CUSTOMER,
    reference,
    requestId: randomUUID(),
    transactionId: randomUUID(),
    createdAtMs: Date.now(),
    ...payment,
  })

/** The withdrawal in the business system behind `paymentOf(reference)`. */
export const withdrawalOf = (reference: string): BookedWithdrawal => ({
  reference,
  customer: 'Nordwind Handels GmbH',
  currency: 'USDT',
  amount: '1250',
  address: CUSTOMER,
  state: 'approved',
})
