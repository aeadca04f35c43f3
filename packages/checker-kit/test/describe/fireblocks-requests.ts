import {
  digestOf,
  readFireblocksRequest,
  type FireblocksEndpoint,
  type FireblocksReading,
} from '@callback-quorum/protocol'
import { describeFireblocks, type FireblocksContext } from '../../src/describe/describe-fireblocks.ts'
import type { Described } from '../../src/describe/question-of-draft.ts'
import type { AddressBook } from '../../src/operator-files/address-book.ts'
import type { Question } from '../../src/question.ts'
import published from '../vectors/fireblocks-transactions.json' with { type: 'json' }
import { assets, nobodysBook, type Members } from './requests.ts'

export const SIGNER = 'api-user-1'
export const cosigner = { name: 'cosigner-1', organisation: 'acme', platform: 'fireblocks' } as const

/** What the documentation prints: a payment of 0.01 ETH from vault account 0 to vault account 1, about to be signed. */
export const eth: Members = published.eth_transfer.content
/** Two inputs of a key without SegWit, change in the bytes; two of a SegWit key, with the hash of the outputs alone. */
export const btc: Members = published.btc_legacy_transfer.content
export const segwit: Members = published.btc_segwit_transfer.content
/** Where the change goes: the address of the key that signs. */
export const SEGWIT_CHANGE = published.btc_segwit_transfer.change
export const PAID = '0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8'
export const OTHER = '0x1111111111111111111111111111111111111111'

/** The one destination with members replaced; undefined takes one away. */
export const to = (change: Members, content: Members = eth): Members => ({
  destinations: (content['destinations'] as readonly Members[]).map((one) => ({ ...one, ...change })),
})

/** As the approval stage has it: without what the vendor sends with signing alone. */
export const approvalOf = (content: Members): Members => ({
  ...content,
  ...to({ displayDstAddress: undefined }, content),
  rawTx: undefined,
  fee: undefined,
  players: undefined,
})

export const token = (amount: string): Members => ({
  asset: 'USDC',
  amountStr: amount,
  requestedAmountStr: amount,
  ...to({ amountNativeStr: amount }),
})

type Asked = Extract<FireblocksReading, { result: 'request' }>

/** Reads content as a server does, so that the tests describe what the wire can really carry. */
export function asked(content: Members, endpoint: FireblocksEndpoint = 'tx'): Asked {
  const reading = readFireblocksRequest(endpoint, new TextEncoder().encode(JSON.stringify(content)))
  if (reading.result !== 'request') throw new Error(`not a request: ${JSON.stringify(reading)}`)
  return reading
}

export interface Circumstances {
  readonly kind?: FireblocksContext['kind']
  readonly addresses?: AddressBook
  readonly caller?: FireblocksContext['caller']
}

export function describedAs(
  content: Members,
  { kind = 'tx-signing', addresses, caller }: Circumstances = {},
): Described {
  return describeFireblocks(asked(content, kind === 'config-change' ? 'config' : 'tx'), {
    caller: caller ?? cosigner,
    digest: digestOf(new TextEncoder().encode(JSON.stringify(content))),
    assets,
    addresses: addresses ?? nobodysBook,
    dialect: 'fireblocks-jwt',
    kind,
    signerId: SIGNER,
  })
}

export function questionAbout(content: Members, circumstances?: Circumstances): Question {
  const result = describedAs(content, circumstances)
  if ('objections' in result) throw new Error(`refused: ${JSON.stringify(result.objections)}`)
  return result.question
}

/** The codes of the objections in alphabetical order; none when the request was described. */
export function refusalsOf(content: Members, circumstances?: Circumstances): readonly string[] {
  const result = describedAs(content, circumstances)
  return 'objections' in result ? result.objections.map(({ code }) => code).sort() : []
}
