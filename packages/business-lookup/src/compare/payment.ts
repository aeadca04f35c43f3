import type { Asset } from '@callback-quorum/chains'
import type { Objection, Output, Question } from '@callback-quorum/checker-kit'
import { OUTPUTS_MAX } from '../record/read-intent.ts'
import { destinationKey } from '../record/read-terms.ts'
import type { ComparisonRules } from './comparison-rules.ts'

/** One destination that a request pays, none of them ours. */
export interface PaidOutput {
  /** As it was written, for the record. */
  readonly addressText: string
  /** Absent where the text is no address of the chain: it then equals nothing. */
  readonly key?: string
  readonly amountAtomic: bigint
  /** Beside the address or inside it. */
  readonly tag?: string
}

/** What a request asks to be paid, as far as a record of the business system can say the same. */
export interface Payment {
  /** Of a contract call: the chain's own coin. */
  readonly asset: Asset
  /** In the order of the request. */
  readonly outputs: readonly [PaidOutput, ...PaidOutput[]]
  /** Only of a contract call: all of it, lower-case hex without 0x. */
  readonly calldata?: string
  readonly initiator?: string
  readonly wallet?: string
  readonly sources: readonly string[]
}

const outputsMismatch = (text: string): Objection => ({ code: 'OUTPUTS_MISMATCH', text })
const paysNobody = outputsMismatch('the request pays nobody, a reference pays one destination or more')
const tagUnknown: Objection = {
  code: 'TAG_MISMATCH',
  text: 'a request of this dialect does not say whether it pays with a tag or memo',
}
const assetUnknown: Objection = { code: 'ASSET_MISMATCH', text: 'the asset or the amount of the request is not known' }

/** The payment of a question, or why it is none that a reference could stand for. */
export function readPayment(question: Question, { map }: Pick<ComparisonRules, 'map'>): Payment | Objection {
  switch (question.operation) {
    case 'transfer':
      return readTransfer(question)
    case 'contract-call':
      return map.calldata === undefined
        ? outputsMismatch('a contract call is no payment of the business system: map.calldata is not configured')
        : readContractCall(question)
    case 'message':
    case 'raw':
    case 'ceremony':
    case 'config-change':
    case 'other':
      return outputsMismatch(`an operation ${question.operation} is not a payment of the business system`)
    default:
      throw new Error(`invariant: unknown operation ${JSON.stringify(question.operation satisfies never)}`)
  }
}

function readTransfer({ asset, contract, outputs, ...question }: Question): Payment | Objection {
  if (contract !== undefined) return outputsMismatch('a transfer names a contract')
  const others = outputs.filter(({ own }) => !own)
  if (others.length > OUTPUTS_MAX) return outputsMismatch(`the request pays more than ${OUTPUTS_MAX} destinations`)
  if (others.length === 0) return paysNobody
  const known = others.flatMap(readOutput)
  const [first, ...more] = known
  // One amount that is not known makes the payment unknown.
  if (asset === undefined || first === undefined || known.length < others.length) return assetUnknown
  // v1 has no member for a tag (protocol/cobo.md 2.2), nor has a Co-signer's payment (protocol/fireblocks.md 2.3): that it names none does not say
  // that none is paid.
  const hasTagMember = question.dialect !== 'cobo-v1' && question.platform !== 'fireblocks'
  const isTagUnknown = !hasTagMember && asset.tagged === true
  if (isTagUnknown && known.some(({ tag }) => tag === undefined)) return tagUnknown
  return { asset, outputs: [first, ...more], ...whoPays(question) }
}

/**
 * The contract is the destination and what is sent along the amount. A value that is not known is refused: describe writes down the zero of a call
 * that sends nothing.
 */
function readContractCall({ asset, contract, outputs, ...question }: Question): Payment | Objection {
  const [output, second] = outputs
  if (contract === undefined || output === undefined || second !== undefined)
    return outputsMismatch('what the contract is told is not known')
  if (output.addressText !== contract.address || output.amountAtomic !== contract.valueAtomic)
    return outputsMismatch('the request contradicts itself about its contract')
  const [paid] = readOutput(output)
  if (asset === undefined || asset.contract !== undefined || paid === undefined) return assetUnknown
  return { asset, outputs: [paid], calldata: contract.calldata, ...whoPays(question) }
}

function readOutput({ addressText, address, amountAtomic, tag = address?.tag }: Output): readonly PaidOutput[] {
  if (amountAtomic === undefined) return []
  const key = address === undefined ? {} : { key: destinationKey(address) }
  return [{ addressText, ...key, amountAtomic, ...(tag === undefined ? {} : { tag }) }]
}

const whoPays = ({
  initiator,
  wallet,
  sources,
}: Pick<Question, 'initiator' | 'wallet' | 'sources'>): Pick<Payment, 'initiator' | 'wallet' | 'sources'> => ({
  sources,
  ...(initiator === undefined ? {} : { initiator: initiator.id }),
  ...(wallet === undefined ? {} : { wallet }),
})
