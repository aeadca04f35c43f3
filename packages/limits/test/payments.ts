import { canonicalizeAddress, createAssetRegistry, STARTER_ASSETS, type Asset } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { businessKey, digestOf } from '@callback-quorum/protocol'

export const ASSETS = createAssetRegistry(STARTER_ASSETS)
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
export const OTHER = '0x0f76f604fd7762bd94b48ca2523f69ab9665c97f'

export function assetOf(id: string): Asset {
  const asset = ASSETS.asset(id)
  if (asset === undefined) throw new Error(`no asset ${id}`)
  return asset
}

export interface PaymentOptions {
  readonly id?: string
  readonly amountAtomic: bigint
  readonly asset?: string
  readonly wallet?: string
  readonly to?: string
  readonly tag?: string
  readonly initiator?: string
  /** More destinations, with their amounts. */
  readonly also?: readonly { readonly to: string; readonly amountAtomic: bigint }[]
  /** As bound by the bytes: what it uses up on its chain. */
  readonly slots?: readonly string[]
  /** At most, of what is bound. */
  readonly feeAtomic?: bigint
}

let counter = 0

export function payment(options: PaymentOptions): Question {
  const { id = `tx-${String((counter += 1))}`, amountAtomic, wallet = 'hot-1', to = CUSTOMER, tag, also = [] } = options
  const asset = assetOf(options.asset ?? 'USDT-ETHEREUM')
  const { family, network } = asset.chain
  const outputs = [{ to, amountAtomic }, ...also].map((output) => ({
    addressText: output.to,
    address: canonicalizeAddress(family, network, output.to),
    amountAtomic: output.amountAtomic,
    own: false,
    ...(tag !== undefined && { tag }),
  }))
  const totalAtomic = outputs.reduce((sum, output) => sum + output.amountAtomic, 0n)
  const question: Question = {
    caller: 'node',
    platform: 'cobo',
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId: `request-${id}`,
    digest: digestOf(Buffer.from(id)),
    organisation: 'acme',
    businessKey: businessKey('cobo', 'acme', id),
    transactionId: id,
    operation: 'transfer',
    wallet,
    chain: asset.chain,
    asset,
    sources: [],
    totalAtomic,
    outputs,
    signingHashes: ['00'],
    contentDigest: digestOf(Buffer.from(`${id} ${String(totalAtomic)}`)),
    ...(options.initiator === undefined ? {} : { initiator: { id: options.initiator } }),
  }
  return options.slots === undefined ? question : bound(question, options.slots, options.feeAtomic ?? 21_000n)
}

/** The same payment as if its bytes had been decoded and agreed. */
function bound(question: Question, slots: readonly string[], feeAtomic: bigint): Question {
  const { asset } = question
  if (asset === undefined) throw new Error('a payment has an asset')
  return {
    ...question,
    binding: {
      decoded: {
        form: 'evm-1559',
        toSign: [{ hash: '00', scheme: 'ecdsa' }],
        effects: [],
        fee: { maxAtomic: feeAtomic, isProven: true },
      },
      outflows: question.outputs.flatMap(({ address, addressText, amountAtomic }) =>
        address === undefined || amountAtomic === undefined
          ? []
          : [
              {
                effect: 'transfer' as const,
                asset,
                holding: { kind: 'coin' as const },
                to: { key: address.key, text: addressText },
                amountAtomic,
                isUnlimited: false,
                own: false,
                at: 'transaction',
              },
            ],
      ),
      isOwn: () => false,
      slots,
    },
  }
}
