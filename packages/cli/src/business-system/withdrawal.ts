export const WITHDRAWAL_STATES = ['pending', 'approved', 'cancelled'] as const
export type WithdrawalState = (typeof WITHDRAWAL_STATES)[number]

/** What this payout system pays, and the decimals that an amount of it may have. */
export const CURRENCY_DECIMALS = { ETH: 18, USDT: 6 } as const
export type Currency = keyof typeof CURRENCY_DECIMALS
export const CURRENCIES = Object.keys(CURRENCY_DECIMALS) as readonly Currency[]

export const CUSTOMER_LENGTH_MAX = 80

/** A withdrawal as it is ordered. */
export interface NewWithdrawal {
  readonly reference: string
  readonly customer: string
  readonly currency: Currency
  /** Decimal, in whole units. */
  readonly amount: string
  readonly address: string
  readonly createdBy: string
  readonly validUntil: Date
}

/** A withdrawal as it is known. */
export interface Withdrawal extends Omit<NewWithdrawal, 'currency'> {
  readonly currency: string
  readonly state: WithdrawalState
  readonly approvedBy: string | null
  readonly cancelledBy: string | null
  readonly createdAt: Date
  /** When it was looked up last; null: never. */
  readonly askedAt: Date | null
  readonly askedCount: bigint
}
