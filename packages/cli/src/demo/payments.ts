import { randomUUID } from 'node:crypto'
import type { CoboDialect } from '@callback-quorum/protocol'
import {
  makeFireblocksTransfer,
  makeV1KeySign,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeySign,
  makeV2Ping,
  type CoboPackage,
  type CosignerRequest,
  type EvmToken,
} from '@callback-quorum/simulator'
import { referencesOf } from '../business-system/reference.ts'
import type { Currency } from '../business-system/withdrawal.ts'
import type { BookedWithdrawal } from '../constellation/business-system.ts'

/** One package that the node sends, perhaps more than once. */
export interface NodeRequest {
  readonly asks: 'node'
  readonly dialect: CoboDialect
  readonly content: CoboPackage
  /** For people. */
  readonly title: string
}

/** One question of the Co-signer, for one of its API users. */
export interface CosignerDemoRequest {
  readonly asks: 'co-signer'
  readonly apiUser: 'signer' | 'approver'
  readonly request: CosignerRequest
  readonly title: string
}

export type DemoRequest = NodeRequest | CosignerDemoRequest

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** Really listed: Lazarus Group, in the packaged OFAC list (domain/sanctions, test S01). */
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** Nobody's in particular; the bytes pay it while the description names the customer. */
const STRANGER = '0x1111111111111111111111111111111111111111'

interface Payment {
  /** `fireblocks-jwt`: the Co-signer asks, first for an approval and then for a signature. */
  readonly dialect: CoboDialect | 'fireblocks-jwt'
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
const vault = { ...usdt, dialect: 'fireblocks-jwt' } as const
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
  'vault':        { ...vault, amount: '640',  customer: 'Meridian Craft Supply' },
  'vault-lying':  { ...vault, amount: '875',  customer: 'Saltmarsh Optics', paysInstead: STRANGER },
} as const satisfies Readonly<Record<string, Payment>>

type PaymentKey = keyof typeof PAYMENTS
export type RequestKey = PaymentKey | 'ping' | 'keygen' | 'keyreshare' | 'vault-approval' | 'whitelist-listed'

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
  const txId = randomUUID()
  const booked = PAYMENT_KEYS.filter((key) => !('referenceOf' in PAYMENTS[key]))
  const others = OTHER_WITHDRAWALS.map((row, index) => ({
    ...row,
    reference: referenceAt(PAYMENT_KEYS.length + index),
  }))
  return {
    requests: {
      ...(Object.fromEntries(payments) as Record<PaymentKey, DemoRequest>),
      ping: fromNode(makeV2Ping({ request_id: `ping-${referenceAt(0)}` }), 'ping'),
      keygen: fromNode(makeV2KeyGen({ createdAtMs: nowMs }), 'KeyGen'),
      keyreshare: fromNode(makeV2KeyReshare({ createdAtMs: nowMs }), 'KeyReshare'),
      'vault-approval': vaultRequest(PAYMENTS.vault, referenceOf('vault'), 'approval', txId),
      vault: vaultRequest(PAYMENTS.vault, referenceOf('vault'), 'signing', txId),
      'whitelist-listed': whitelisting(LISTED),
    },
    withdrawals: [...booked.map((key) => withdrawal(PAYMENTS[key], referenceOf(key))), ...others],
    waiting: others.find(({ state }) => state === 'pending'),
  }
}

const fromNode = (content: CoboPackage, what: string): NodeRequest => ({
  asks: 'node',
  dialect: 'cobo-v2',
  content,
  title: `v2 ${what}`,
})

function paymentRequest(payment: Payment, reference: string, createdAtMs: number): DemoRequest {
  const { dialect, token, symbol, amount } = payment
  if (dialect === 'fireblocks-jwt') return vaultRequest(payment, reference, 'signing', randomUUID())
  const make = dialect === 'cobo-v1' ? makeV1KeySign : makeV2KeySign
  return {
    asks: 'node',
    dialect,
    content: make({ ...lieOf(payment), amount, token, reference, createdAtMs }),
    title: `${dialect.slice(-2)} KeySign ${amount} ${symbol}`,
  }
}

const lieOf = ({
  to,
  paysInstead,
}: Payment): { readonly to: string; readonly describedAs?: { readonly to: string } } =>
  paysInstead === undefined ? { to } : { to: paysInstead, describedAs: { to } }

function vaultRequest(
  payment: Payment,
  reference: string,
  stage: 'approval' | 'signing',
  txId: string,
): CosignerDemoRequest {
  const { amount, symbol } = payment
  return {
    asks: 'co-signer',
    apiUser: stage === 'approval' ? 'approver' : 'signer',
    request: makeFireblocksTransfer({
      ...lieOf(payment),
      asset: symbol === 'USDT' ? 'USDT_ERC20' : 'ETH',
      amount,
      externalTxId: reference,
      txId,
      stage,
    }),
    title: `Fireblocks ${stage} ${amount} ${symbol}`,
  }
}

/** Somebody wants an address to be one that may be paid. */
const whitelisting = (address: string): CosignerDemoRequest => ({
  asks: 'co-signer',
  apiUser: 'approver',
  request: {
    kind: 'config-change',
    content: {
      requestId: randomUUID(),
      type: 'UNMANAGED_WALLET',
      extraInfo: {
        subType: 'EXTERNAL',
        walletName: 'new supplier',
        walletId: randomUUID(),
        asset: 'ETH',
        address,
        tag: '',
      },
    },
  },
  title: 'Fireblocks whitelisting',
})

const withdrawal = ({ symbol, amount, bookedAmount, to, customer }: Payment, reference: string): BookedWithdrawal => ({
  reference,
  customer,
  state: 'approved',
  currency: symbol,
  amount: bookedAmount ?? amount,
  address: to,
})
