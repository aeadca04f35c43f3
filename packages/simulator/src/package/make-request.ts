import type { CoboDialect } from '@callback-quorum/protocol'
import type { CoboPackage } from '../cobo-package.ts'
import { encodeErc20Transfer } from '../evm/unsigned-transaction.ts'
import { makeV1KeyGen, makeV1KeyReshare, makeV2KeyGen, makeV2KeyReshare, makeV2KeyShareSign } from './ceremonies.ts'
import { makeV1Ping, makeV2Ping } from './ping.ts'
import type { TransferOptions } from './transfer.ts'
import { makeV1KeySign } from './v1-keysign.ts'
import { makeV2ContractCall, makeV2Eip191Message, makeV2Eip712Message, makeV2KeySign } from './v2-keysign.ts'

/** One set of figures for every kind of request; each kind takes what it has a place for. */
export interface RequestOptions extends Omit<TransferOptions, 'to' | 'amount'> {
  readonly to?: string
  readonly amount?: string
  /** Of plain and typed messages. */
  readonly message?: string
}

interface Maker {
  readonly dialect: CoboDialect
  readonly make: (options: RequestOptions) => CoboPackage
}

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const TO_DEFAULT = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const AMOUNT_DEFAULT = '0.5'
const MESSAGE_DEFAULT = 'callback-quorum simulator'
/** USDT on Ethereum, asked to transfer one unit: an ordinary contract call. */
const CONTRACT_DEFAULT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'

const transferOf = (o: RequestOptions): TransferOptions => ({
  ...o,
  to: o.to ?? TO_DEFAULT,
  amount: o.amount ?? AMOUNT_DEFAULT,
})

const typedDataOf = (o: RequestOptions) => ({
  types: { EIP712Domain: [{ name: 'name', type: 'string' }], Note: [{ name: 'text', type: 'string' }] },
  primaryType: 'Note',
  domain: { name: 'callback-quorum simulator' },
  message: { text: o.message ?? MESSAGE_DEFAULT },
})

// prettier-ignore
const MAKERS = {
  'v1-ping':          { dialect: 'cobo-v1', make: () => makeV1Ping() },
  'v1-keygen':        { dialect: 'cobo-v1', make: makeV1KeyGen },
  'v1-keysign':       { dialect: 'cobo-v1', make: (o) => makeV1KeySign(transferOf(o)) },
  'v1-keyreshare':    { dialect: 'cobo-v1', make: makeV1KeyReshare },
  'v2-ping':          { dialect: 'cobo-v2', make: () => makeV2Ping() },
  'v2-keygen':        { dialect: 'cobo-v2', make: makeV2KeyGen },
  'v2-keysign':       { dialect: 'cobo-v2', make: (o) => makeV2KeySign(transferOf(o)) },
  'v2-contract-call': { dialect: 'cobo-v2', make: (o) => makeV2ContractCall({ ...o, contract: CONTRACT_DEFAULT, calldata: encodeErc20Transfer(o.to ?? TO_DEFAULT, 1n) }) },
  'v2-message':       { dialect: 'cobo-v2', make: (o) => makeV2Eip191Message({ ...o, message: o.message ?? MESSAGE_DEFAULT }) },
  'v2-typed-message': { dialect: 'cobo-v2', make: (o) => makeV2Eip712Message({ ...o, typedData: typedDataOf(o) }) },
  'v2-keyreshare':    { dialect: 'cobo-v2', make: makeV2KeyReshare },
  'v2-keysharesign':  { dialect: 'cobo-v2', make: (o) => makeV2KeyShareSign(withoutMessage(o)) },
} as const satisfies Readonly<Record<string, Maker>>

/** A checkup signs bytes, not text. */
function withoutMessage({ message: _, ...options }: RequestOptions): Omit<RequestOptions, 'message'> {
  return options
}

export type RequestName = keyof typeof MAKERS
export const REQUEST_NAMES = Object.keys(MAKERS) as readonly RequestName[]

/** Every type of request by a name that fits on a command line, with the dialect in which it must be sent. */
export function makeRequest(
  name: RequestName,
  options: RequestOptions = {},
): { readonly dialect: CoboDialect; readonly content: CoboPackage } {
  const { dialect, make }: Maker = MAKERS[name]
  return { dialect, content: make(options) }
}
