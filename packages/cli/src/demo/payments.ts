import type { CoboDialect } from '@callback-quorum/protocol'
import {
  makeV1KeySign,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeySign,
  makeV2Ping,
  type CoboPackage,
  type EvmToken,
} from '@callback-quorum/simulator'
import { referencesOf } from '../business-system/reference.ts'
import type { Currency } from '../business-system/withdrawal.ts'
import type { BookedWithdrawal } from '../constellation/business-system.ts'

/** One package that the node sends, perhaps more than once. */
export interface DemoRequest {
  readonly dialect: CoboDialect
  readonly content: CoboPackage
  /** For people. */
  readonly title: string
}

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** Really listed: Lazarus Group, in the packaged OFAC list (domain/sanctions, test S01). */
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** Nobody's in particular; the bytes pay it while the description names the customer. */
const STRANGER = '0x1111111111111111111111111111111111111111'

interface Payment {
  readonly dialect: CoboDialect
  readonly token: EvmToken
  readonly symbol: Currency
  readonly amount: string
  readonly to: string
  readonly customer: string
  /** What the business system knows instead of `amount`. */
  readonly bookedAmount?: string
  /** Whom the raw transaction pays, whatever `to` says. */
  readonly paysInstead?: string
  /** Another payment's reference instead of one of its own. */
  readonly referenceOf?: string
}

const usdt = { dialect: 'cobo-v2', token: 'ETH_USDT', symbol: 'USDT', to: CUSTOMER } as const
const eth = { dialect: 'cobo-v2', token: 'ETH', symbol: 'ETH', to: CUSTOMER } as const

// prettier-ignore
const PAYMENTS = {
  'usdt':         { ...usdt, amount: '1250',  customer: 'Nordwind Handels GmbH' },
  'v1-eth':       { ...eth,  amount: '0.75',  customer: 'Kaito Shipping K.K.', dialect: 'cobo-v1' },
  'too-much':     { ...usdt, amount: '60000', customer: 'Alder & Vance Ltd' },
  'to-listed':    { ...eth,  amount: '1.2',   customer: 'opened an account yesterday', to: LISTED },
  'wrong-amount': { ...usdt, amount: '1500',  customer: 'Lumen Studios SARL', bookedAmount: '150' },
  'lying':        { ...usdt, amount: '2400',  customer: 'Halcyon Freight BV', paysInstead: STRANGER },
  'paid-twice':   { ...usdt, amount: '1250',  customer: 'Nordwind Handels GmbH', referenceOf: 'usdt' },
  'while-down':   { ...eth,  amount: '0.4',   customer: 'Quarry Lane Coffee' },
  'while-frozen': { ...usdt, amount: '310.5', customer: 'Tamarind Foods Pte' },
  'forged':       { ...usdt, amount: '980',   customer: 'Osprey Rentals' },
} as const satisfies Readonly<Record<string, Payment>>

type PaymentKey = keyof typeof PAYMENTS
export type RequestKey = PaymentKey | 'ping' | 'keygen' | 'keyreshare'

const PAYMENT_KEYS = Object.keys(PAYMENTS) as PaymentKey[]

/** Nobody asks about these; a table of withdrawals has more than what is being paid. The last one waits for whoever tries the demonstration. */
const OTHER_WITHDRAWALS = [
  { customer: 'Piet Janssen', state: 'cancelled', currency: 'ETH', amount: '0.05', address: CUSTOMER },
  { customer: 'Blue Heron Travel', state: 'pending', currency: 'USDT', amount: '4200', address: CUSTOMER },
] as const

export interface DemoRun {
  readonly requests: Readonly<Record<RequestKey, DemoRequest>>
  /** What the business system must know for it. */
  readonly withdrawals: readonly BookedWithdrawal[]
  /** One of them that nobody has approved yet. */
  readonly waiting: BookedWithdrawal | undefined
}

/** Ids and references of its own for every run, so that a second one on the same databases is not all duplicates. */
export function createDemoRun(nowMs: number): DemoRun {
  const referenceAt = referencesOf(nowMs)
  const referenceOf = (key: PaymentKey): string => {
    const payment: Payment = PAYMENTS[key]
    return referenceAt(PAYMENT_KEYS.findIndex((known) => known === (payment.referenceOf ?? key)))
  }
  const payments = PAYMENT_KEYS.map((key) => [key, paymentRequest(PAYMENTS[key], referenceOf(key), nowMs)] as const)
  const booked = PAYMENT_KEYS.filter((key) => !('referenceOf' in PAYMENTS[key]))
  const others = OTHER_WITHDRAWALS.map((row, index) => ({
    ...row,
    reference: referenceAt(PAYMENT_KEYS.length + index),
  }))
  return {
    requests: {
      ...(Object.fromEntries(payments) as Record<PaymentKey, DemoRequest>),
      ping: { dialect: 'cobo-v2', content: makeV2Ping({ request_id: `ping-${referenceAt(0)}` }), title: 'v2 ping' },
      keygen: { dialect: 'cobo-v2', content: makeV2KeyGen({ createdAtMs: nowMs }), title: 'v2 KeyGen' },
      keyreshare: { dialect: 'cobo-v2', content: makeV2KeyReshare({ createdAtMs: nowMs }), title: 'v2 KeyReshare' },
    },
    withdrawals: [...booked.map((key) => withdrawal(PAYMENTS[key], referenceOf(key))), ...others],
    waiting: others.find(({ state }) => state === 'pending'),
  }
}

function paymentRequest(payment: Payment, reference: string, createdAtMs: number): DemoRequest {
  const { dialect, token, symbol, amount, to, paysInstead } = payment
  const lie = paysInstead === undefined ? { to } : { to: paysInstead, describedAs: { to } }
  const make = dialect === 'cobo-v1' ? makeV1KeySign : makeV2KeySign
  return {
    dialect,
    content: make({ ...lie, amount, token, reference, createdAtMs }),
    title: `${dialect.slice(-2)} KeySign ${amount} ${symbol}`,
  }
}

const withdrawal = ({ symbol, amount, bookedAmount, to, customer }: Payment, reference: string): BookedWithdrawal => ({
  reference,
  customer,
  state: 'approved',
  currency: symbol,
  amount: bookedAmount ?? amount,
  address: to,
})
