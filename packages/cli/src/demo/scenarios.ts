import { forgeToken, makeV1KeySign, makeV2KeyGen, makeV2KeyReshare, makeV2KeySign, makeV2Ping, CUSTODY, type CoboPackage } from '@callback-quorum/simulator'
import type { KeyObject } from 'node:crypto'
import type { Withdrawal } from './business-system.ts'
import type { DemoService } from './configuration.ts'

/** The recipient of the official ERC-20 vector: on no list. */
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** Lazarus Group, listed by OFAC under DPRK3: domain test S01. */
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** What must come out: an action, a status without action, or no answer at all. */
export type Expected = 'APPROVE' | 'REJECT' | 'status 0' | 'status 20' | 'no answer'

export interface Scenario {
  readonly name: string
  readonly about: string
  readonly dialect: 'v1' | 'v2'
  readonly content: CoboPackage
  readonly expected: Expected
  /** A code that must stand in the answer's text. */
  readonly code?: string
  readonly token?: string
  readonly before?: readonly Step[]
}

export type Step = { readonly stop: DemoService } | { readonly start: DemoService } | { readonly command: 'freeze' | 'unfreeze'; readonly reason: string }

/** What the payments team approved before the node asks. */
export const WITHDRAWALS: readonly Withdrawal[] = [
  { reference: 'WD-00000001', asset: 'USDT-ERC20', amount: '250', address: CUSTOMER },
  { reference: 'WD-00000002', asset: 'ETH', amount: '0.5', address: CUSTOMER },
  { reference: 'WD-00000003', asset: 'USDT-ERC20', amount: '4000', address: CUSTOMER },
  { reference: 'WD-00000004', asset: 'ETH', amount: '0.1', address: LISTED },
  { reference: 'WD-00000005', asset: 'USDT-ERC20', amount: '100', address: CUSTOMER },
  { reference: 'WD-00000006', asset: 'ETH', amount: '0.2', address: CUSTOMER },
  { reference: 'WD-00000007', asset: 'ETH', amount: '0.3', address: CUSTOMER },
]

const usdt = (reference: string, amount: string, requestId: string): CoboPackage =>
  makeV2KeySign({ requestId, reference, token: 'ETH_USDT', amount, to: CUSTOMER, organisation: CUSTODY.organisation })

const eth = (reference: string, amount: string, requestId: string, to = CUSTOMER): CoboPackage =>
  makeV2KeySign({ requestId, reference, amount, to, organisation: CUSTODY.organisation })

/** The script of the demonstration, in order. `run` makes the request ids of one run its own. */
export function scenarios(run: string, nodeKey: KeyObject): readonly Scenario[] {
  const id = (name: string): string => `${run}-${name}`
  const transfer = usdt('WD-00000001', '250', id('transfer'))
  const down = eth('WD-00000006', '0.2', id('checker-down'))
  const frozen = eth('WD-00000007', '0.3', id('frozen'))
  const v2 = { dialect: 'v2' } as const
  return [
    { ...v2, name: 'ping', about: 'is the server there?', content: makeV2Ping(), expected: 'status 0' },
    { ...v2, name: 'approved-transfer', about: '250 USDT to a customer', content: transfer, expected: 'APPROVE' },
    {
      name: 'approved-v1-transfer', about: '0.5 ETH, asked in dialect v1', dialect: 'v1', expected: 'APPROVE',
      content: makeV1KeySign({ requestId: id('v1'), reference: 'WD-00000002', amount: '0.5', to: CUSTOMER, organisation: CUSTODY.organisation }),
    },
    { ...v2, name: 'limit-exceeded', about: '4000 USDT, limit 1000', content: usdt('WD-00000003', '4000', id('limit')), expected: 'REJECT', code: 'LIMIT_TX' },
    { ...v2, name: 'sanctioned-destination', about: '0.1 ETH to an address on the OFAC list', content: eth('WD-00000004', '0.1', id('listed'), LISTED), expected: 'REJECT', code: 'SANCTIONS_MATCH' },
    { ...v2, name: 'amount-differs', about: '175 USDT, the business system says 100', content: usdt('WD-00000005', '175', id('amount')), expected: 'REJECT', code: 'AMOUNT_MISMATCH' },
    { ...v2, name: 'duplicate', about: 'the first transfer again', content: transfer, expected: 'APPROVE' },
    { ...v2, name: 'checker-down', about: 'sanctions is stopped', content: down, expected: 'no answer', before: [{ stop: 'sanctions' }] },
    { ...v2, name: 'checker-back', about: 'the node asks again, sanctions is back', content: down, expected: 'APPROVE', before: [{ start: 'sanctions' }] },
    { ...v2, name: 'forged-token', about: 'signed by a stranger', content: transfer, token: forgeToken('wrong-key', transfer, { privateKey: nodeKey }), expected: 'status 20' },
    { ...v2, name: 'keygen', about: 'nobody is in charge of it', content: makeV2KeyGen({ requestId: id('keygen') }), expected: 'REJECT', code: 'NO_QUORUM' },
    { ...v2, name: 'keyreshare', about: 'nobody is in charge of it', content: makeV2KeyReshare({ requestId: id('keyreshare') }), expected: 'REJECT', code: 'NO_QUORUM' },
    { ...v2, name: 'frozen', about: 'an operator froze the gateway', content: frozen, expected: 'no answer', before: [{ command: 'freeze', reason: 'demonstration' }] },
    { ...v2, name: 'unfrozen', about: 'the node asks again after unfreezing', content: frozen, expected: 'APPROVE', before: [{ command: 'unfreeze', reason: 'demonstration over' }] },
  ]
}
