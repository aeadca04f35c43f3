import type { AddressKey, AssetRegistry, PowerName } from '@callback-quorum/chains'
import {
  shownByDescription,
  type AddressBook,
  type Objection,
  type Question,
  type Shown,
} from '@callback-quorum/checker-kit'
import type { Facts, Part } from './facts.ts'

export interface FactSources {
  readonly assets: AssetRegistry
  readonly addresses: Pick<AddressBook, 'allowListed' | 'ownerOf'>
  /** Powers that somebody else judges. */
  readonly letPass: readonly PowerName[]
}

export interface ReadFacts {
  readonly facts: Facts
  /** A destination that has no canonical form: each of its spellings would be a counter of its own. */
  readonly hasUnreadDestination: boolean
  /** An approval costs nothing: what its signature costs at most is known, and counted, when that is asked for. */
  readonly isFeeKnown: boolean
  /** What the transaction uses up on its chain, by the bytes. */
  readonly slots: readonly string[]
}

type Refuse = (code: string, text: string) => void
type Refused = { readonly objections: readonly [Objection, ...Objection[]] }

/**
 * What a question moves: by the bytes where they were bound, by the description for an approval and where an operator accepts that. Whatever has
 * no amount that could be counted is an objection.
 */
export function readFacts(question: Question, sources: FactSources): ReadFacts | Refused {
  const objections: Objection[] = []
  const refuse: Refuse = (code, text) => void objections.push({ code, text })
  const { binding, wallet, asset } = question
  if (wallet === undefined) refuse('WALLET_MISSING', 'the request names no wallet')
  const moved = partsOf(question, sources, refuse)
  const isMessage = question.operation === 'message' || question.operation === 'raw'
  // Something is always asked for, if only nothing at all of the asset that the request is about.
  if (asset === undefined && moved.length === 0 && !isMessage)
    refuse('ASSET_MISSING', 'the request names no known asset')
  const [first, ...more] = objections
  if (first !== undefined) return { objections: [first, ...more] }

  const nothing: Part = {
    ...(asset !== undefined && !isMessage && { asset: asset.id }),
    listed: false,
    amount: '0',
    fee: false,
  }
  const parts = moved.length > 0 ? moved : [nothing]
  const feeAtomic = binding?.decoded.fee?.maxAtomic
  return {
    facts: {
      ...stageOf(question),
      organisation: question.organisation,
      caller: question.caller,
      wallet: wallet ?? null,
      initiator: question.initiator?.id ?? null,
      operation: question.operation,
      transaction_id: question.transactionId,
      bound: binding !== undefined && binding.isUnproven !== true,
      parts: [...parts, ...feeParts(question, feeAtomic, sources)],
      prices: [],
    },
    hasUnreadDestination:
      binding === undefined && question.outputs.some(({ own, address }) => !own && address === undefined),
    isFeeKnown: isMessage || question.kind === 'tx-approval' || feeAtomic !== undefined,
    slots: binding?.slots ?? [],
  }
}

/** Other kinds are asked about once. */
function stageOf({ kind }: Question): Pick<Facts, 'stage'> {
  if (kind === 'tx-approval') return { stage: 'approval' }
  return kind === 'tx-signing' ? { stage: 'signing' } : {}
}

function partsOf(question: Question, sources: FactSources, refuse: Refuse): readonly Part[] {
  const { binding, kind, operation, shownMessage } = question
  if (binding !== undefined)
    return decodedParts(question, { ...binding, effects: binding.decoded.effects }, sources, refuse)
  const isDecodable = operation === 'contract-call' || (operation === 'message' && shownMessage !== undefined)
  if (kind !== 'tx-approval' || !isDecodable) return describedParts(question, sources, refuse)
  // What an approval shows is call data or a message, whose signature will be counted by what is decoded from the very same.
  const shown = shownByDescription(question, sources)
  if (!('code' in shown)) return decodedParts(question, shown, sources, refuse)
  refuse(shown.code, shown.text)
  return []
}

/** The amounts that move, and those that may be taken later: an allowance counts as if it were used. */
function decodedParts(
  question: Question,
  { effects, outflows }: Pick<Shown, 'effects' | 'outflows'>,
  sources: FactSources,
  refuse: Refuse,
): readonly Part[] {
  for (const effect of effects) {
    if (effect.effect === 'unknown') refuse('CALLDATA_UNDECODED', `what moves at ${effect.at} is not known`)
    if (effect.effect === 'power' && !sources.letPass.includes(effect.power))
      refuse('POWER_UNCOUNTED', `${effect.power} at ${effect.at} has no amount that a limit could count`)
  }
  return outflows.flatMap(({ asset, to, amountAtomic, isUnlimited, own, at }): Part[] => {
    if (own || amountAtomic === 0n) return []
    if (isUnlimited) refuse('ALLOWANCE_UNLIMITED', `the allowance at ${at} has no amount that a limit could hold`)
    if (asset === undefined) {
      refuse('ASSET_MISSING', `what moves at ${at} is not in the asset registry`)
      return []
    }
    const tag = to && question.outputs.find(({ address }) => address?.key === to.key)?.tag
    return [partOf(asset.id, amountAtomic, asset.chain.id, to?.key, tag, sources)]
  })
}

function describedParts(question: Question, sources: FactSources, refuse: Refuse): readonly Part[] {
  const { asset, operation, contract, outputs, totalAtomic } = question
  if (operation === 'message' || operation === 'raw') return []
  if (operation !== 'transfer' && operation !== 'contract-call')
    refuse('NO_APPLICABLE_RULE', `no limit applies to the operation ${operation}`)
  if (contract !== undefined && !/^(?:0x)?$/i.test(contract.calldata))
    refuse('CALLDATA_UNDECODED', 'what the contract call moves is not known')
  if (totalAtomic === undefined) refuse('AMOUNT_MISSING', 'the amount is not known')
  if (asset === undefined) return []
  return outputs.flatMap(({ own, address, addressText, amountAtomic, tag }): Part[] => {
    if (own || amountAtomic === undefined) return []
    if (address !== undefined) return [partOf(asset.id, amountAtomic, asset.chain.id, address.key, tag, sources)]
    const paid = { asset: asset.id, listed: false, amount: amountAtomic.toString(), fee: false }
    return [addressText === '' ? { ...paid, unnamed: true } : { ...paid, destination: addressText }]
  })
}

function partOf(
  asset: string,
  amountAtomic: bigint,
  chainId: string,
  key: AddressKey | undefined,
  tag: string | undefined,
  { addresses }: FactSources,
): Part {
  return {
    asset,
    ...(key !== undefined && { destination: key }),
    ...(tag !== undefined && { tag }),
    listed: key !== undefined && addresses.allowListed(key, chainId, tag) !== undefined,
    amount: amountAtomic.toString(),
    fee: false,
  }
}

function feeParts({ chain }: Question, feeAtomic: bigint | undefined, { assets }: FactSources): readonly Part[] {
  const coin = chain && assets.onChain(chain, undefined)
  if (coin === undefined || feeAtomic === undefined || feeAtomic === 0n) return []
  return [{ asset: coin.id, listed: false, amount: feeAtomic.toString(), fee: true }]
}
