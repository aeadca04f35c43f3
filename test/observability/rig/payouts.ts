import { openDoor, type Door } from './doors.ts'

export interface Withdrawal {
  readonly reference: string
  readonly currency: 'ETH' | 'USDT'
  readonly amount: string
  readonly address: string
}

/** The customer's own payout system, as far as business-lookup asks it: in the form of the demonstration's. */
export interface Payouts {
  readonly door: Door
  add(withdrawal: Withdrawal): void
}

const VALID_FOR_MS = 86_400_000

export async function startPayouts(): Promise<Payouts> {
  const withdrawals = new Map<string, Withdrawal>()
  const door = await openDoor((path) => {
    const withdrawal = withdrawals.get(decodeURIComponent(path.split('/').at(-1) ?? ''))
    const validUntil = new Date(Date.now() + VALID_FOR_MS).toISOString()
    return withdrawal === undefined ? undefined : { ...withdrawal, state: 'approved', valid_until: validUntil }
  })
  return { door, add: (withdrawal) => void withdrawals.set(withdrawal.reference, withdrawal) }
}
