import { encodeErc20Transfer } from '../../evm/unsigned-transaction.ts'
import type { CosignerRequest } from '../cosigner-request.ts'
import { makeFireblocksBitcoinTransfer, testBitcoinAddress } from './bitcoin-transfer.ts'
import { makeFireblocksConfigChange } from './config-change.ts'
import { makeFireblocksContractCall } from './contract-call.ts'
import type { FireblocksPlaceKind } from './destination.ts'
import { makeFireblocksTransfer } from './evm-transfer.ts'
import { makeFireblocksRaw, makeFireblocksTypedMessage } from './messages.ts'
import type { FireblocksTransactionOptions } from './transaction.ts'

/** One set of figures for every kind of request; each kind takes what it has a place for. */
export interface CosignerRequestOptions extends FireblocksTransactionOptions {
  readonly asset?: string
  readonly to?: string
  readonly amount?: string
  readonly destination?: { readonly kind: FireblocksPlaceKind; readonly id?: string }
  readonly describedAs?: { readonly to?: string; readonly amount?: string }
  readonly message?: string
  /** Of a change of the workspace. */
  readonly type?: string
  readonly tag?: string
}

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const TO_DEFAULT = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const AMOUNT_DEFAULT = '0.5'
const MESSAGE_DEFAULT = 'callback-quorum simulator'
/** USDT on Ethereum, asked to transfer one unit: an ordinary contract call. */
const CONTRACT_DEFAULT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
/** Another vault account of the simulated workspace. */
const OTHER_VAULT = 1

const typedDataOf = (text: string) => ({
  types: { EIP712Domain: [{ name: 'name', type: 'string' }], Note: [{ name: 'text', type: 'string' }] },
  primaryType: 'Note',
  domain: { name: 'callback-quorum simulator' },
  message: { text },
})

const MAKERS = {
  transfer: (o) => makeFireblocksTransfer({ ...o, to: o.to ?? TO_DEFAULT, amount: o.amount ?? AMOUNT_DEFAULT }),
  'bitcoin-transfer': (o) => {
    const { asset = 'BTC', to, amount = AMOUNT_DEFAULT, destination, ...others } = o
    if (asset !== 'BTC' && asset !== 'BTC_TEST')
      throw new RangeError(`${asset} is not made here; expected BTC, BTC_TEST`)
    const output = { to: to ?? testBitcoinAddress(OTHER_VAULT, asset), amount, ...(destination && { destination }) }
    return makeFireblocksBitcoinTransfer({ ...others, asset, outputs: [output] })
  },
  'contract-call': (o) =>
    makeFireblocksContractCall({
      ...o,
      contract: o.to ?? CONTRACT_DEFAULT,
      calldata: encodeErc20Transfer(TO_DEFAULT, 1n),
    }),
  message: (o) => makeFireblocksTypedMessage({ ...o, message: o.message ?? MESSAGE_DEFAULT }),
  'typed-message': (o) => makeFireblocksTypedMessage({ ...o, message: typedDataOf(o.message ?? MESSAGE_DEFAULT) }),
  raw: (o) => makeFireblocksRaw({ ...o, contents: [o.message ?? 'ab'.repeat(32)] }),
  'config-change': ({ type = 'UNMANAGED_WALLET', requestId, seed, asset, to, tag, change }) =>
    makeFireblocksConfigChange({
      type,
      ...(requestId !== undefined && { requestId }),
      ...(seed !== undefined && { seed }),
      ...(asset !== undefined && { asset }),
      ...(to !== undefined && { address: to }),
      ...(tag !== undefined && { tag }),
      ...(change !== undefined && { change }),
    }),
} as const satisfies Readonly<Record<string, (options: CosignerRequestOptions) => CosignerRequest>>

export type CosignerRequestName = keyof typeof MAKERS
export const COSIGNER_REQUEST_NAMES = Object.keys(MAKERS) as readonly CosignerRequestName[]

/** Every kind of request by a name that fits on a command line. Throws RangeError for what cannot be made. */
export const makeCosignerRequest = (name: CosignerRequestName, options: CosignerRequestOptions = {}): CosignerRequest =>
  MAKERS[name](options)
