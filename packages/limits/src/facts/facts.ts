import type { UsedPrice } from '../prices/index.ts'

/** What leaves to one place, as it is kept. Amounts are atomic decimal text, `asset` an id of the registry. */
export interface Part {
  /** Absent: a message, which moves nothing. */
  readonly asset?: string
  /** Canonical key. Absent: burnt, left in a contract that is deployed, a fee, or somebody who is not named. */
  readonly destination?: string
  /** Somebody is paid, and the request does not say where: a vault account that has no address before it is signed for. */
  readonly unnamed?: true
  readonly tag?: string
  /** On the address book's allow-list when it was asked. */
  readonly listed: boolean
  readonly amount: string
  readonly fee: boolean
}

/** A price that a value was counted with. */
export interface AssetPrice extends UsedPrice {
  readonly asset: string
}

/** Everything that any rule could ever count of a transaction, so that counters of other rules can be made from it. Kept with each reservation. */
export interface Facts {
  /** Where a transaction is asked about twice: an approval moves nothing by itself. Absent: it is asked for its signature alone. */
  readonly stage?: 'approval' | 'signing'
  readonly organisation: string
  readonly caller: string
  readonly wallet: string | null
  readonly initiator: string | null
  readonly operation: string
  readonly transaction_id: string
  readonly bound: boolean
  readonly parts: readonly Part[]
  readonly prices: readonly AssetPrice[]
}
