import {
  decodeDescribedCall,
  type Account,
  type AssetRegistry,
  type Chain,
  type Decoded,
} from '@callback-quorum/chains'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Output, Question } from '../question.ts'
import type { Binding, Outflow } from './binding.ts'
import { outflowsOf } from './outflows.ts'

/**
 * What a description says is done, in the words of a binding. Nothing of it is proven: for an approval, which signs nothing, and never in the
 * place of a binding where something is signed.
 */
export interface Shown {
  readonly chain: Chain
  /** Of call data or a message; the payments of plain outputs are in `outflows` alone. */
  readonly effects: Decoded['effects']
  readonly outflows: readonly Outflow[]
  readonly isOwn: Binding['isOwn']
  /** The contract that a call names. */
  readonly called?: Account['key']
  readonly message?: NonNullable<Decoded['message']>
}

/** The description does not say what is done. Codes as for bytes and amounts that are missing. */
export interface Unshown {
  readonly code: 'CHAIN_UNSUPPORTED' | 'ASSET_MISSING' | 'OPERATION_UNBOUND' | 'CALLDATA_UNDECODED' | 'AMOUNT_MISSING'
  readonly text: string
}

interface Files {
  readonly assets: AssetRegistry
  readonly addresses: Pick<AddressBook, 'ownerOf'>
}

/** Pure. Ours is what addresses.yaml lists: a description has no keys whose children could be ours. */
export function shownByDescription(question: Question, { assets, addresses }: Files): Shown | Unshown {
  const { chain, asset, operation, outputs, shownMessage } = question
  if (chain === undefined) return unshown('CHAIN_UNSUPPORTED', 'the request names no chain of the asset registry')
  const isOwn: Binding['isOwn'] = (key) => addresses.ownerOf(key, chain.id) !== undefined
  switch (operation) {
    case 'transfer': {
      if (asset === undefined) return unshown('ASSET_MISSING', 'the request names no asset of the asset registry')
      const outflows = outputs.map((output, index) => outflowOf(output, index, question))
      if (outflows.length === 0 || outflows.includes(undefined))
        return unshown('AMOUNT_MISSING', 'the description does not say what is paid')
      return { chain, effects: [], outflows: outflows.filter((outflow) => outflow !== undefined), isOwn }
    }
    case 'contract-call':
      return shownCall(question, chain, assets, isOwn)
    case 'message': {
      if (shownMessage?.message === undefined)
        return unshown('OPERATION_UNBOUND', 'the description does not show the message in a form that is understood')
      const { effects, message } = shownMessage
      return { chain, effects, outflows: outflowsOf(effects, chain, assets, isOwn), isOwn, message }
    }
    case 'raw':
    case 'ceremony':
    case 'config-change':
    case 'other':
      return unshown('OPERATION_UNBOUND', 'the description does not say what is to be signed')
    default:
      return operation satisfies never
  }
}

const unshown = (code: Unshown['code'], text: string): Unshown => ({ code, text })

function shownCall(
  { contract, outputs }: Question,
  chain: Chain,
  assets: AssetRegistry,
  isOwn: Binding['isOwn'],
): Shown | Unshown {
  const [output, ...others] = outputs
  if (contract === undefined || output?.address === undefined || others.length > 0)
    return unshown('CALLDATA_UNDECODED', 'the description names no contract, or no call data for it')
  const { calldata: data, valueAtomic } = contract
  if (valueAtomic === undefined) return unshown('AMOUNT_MISSING', 'the description does not say what the call pays')
  const effects = decodeDescribedCall(chain.family, { to: output.address.key, valueAtomic, data })
  if (effects === undefined) return unshown('CALLDATA_UNDECODED', `calls of ${chain.id} are not understood`)
  return { chain, effects, outflows: outflowsOf(effects, chain, assets, isOwn), isOwn, called: output.address.key }
}

function outflowOf({ address, amountAtomic, own }: Output, index: number, { asset }: Question): Outflow | undefined {
  if (amountAtomic === undefined || asset === undefined) return undefined
  const { contract } = asset
  return {
    effect: 'transfer',
    asset,
    holding: contract === undefined ? { kind: 'coin' } : { kind: 'token', contract: { key: contract, text: contract } },
    ...(address !== undefined && { to: { key: address.key, text: address.raw } }),
    amountAtomic,
    isUnlimited: false,
    own,
    at: `outputs[${String(index)}]`,
  }
}
