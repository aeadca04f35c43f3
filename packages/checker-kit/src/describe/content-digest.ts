import type { Asset, Chain } from '@callback-quorum/chains'
import { digestOf, type Digest } from '@callback-quorum/protocol'
import type { Operation, Output, Question } from '../question.ts'
import { canonicalJson, type JsonContent } from './canonical-json.ts'

/** What a request does, without what may differ between two askings about it: fees, times, request ids, display names. */
export interface Content {
  readonly operation: Operation
  readonly wallet?: string
  readonly chain?: Chain
  readonly asset?: Asset
  /** Canonical keys, or raw texts of what cannot be read. */
  readonly sources: readonly string[]
  readonly outputs: readonly Output[]
  readonly contract?: Question['contract']
  /** A message, an instruction list, a whole ceremony: whatever outputs and contract do not say. */
  readonly payload?: JsonContent
}

/** domain/common-rules.md 0.4: stays equal over retries, differs when what is done differs; the order of outputs is no difference. */
export function contentDigestOf(content: Content): Digest {
  return sha256({
    operation: content.operation,
    wallet: content.wallet ?? null,
    chain: content.chain?.id ?? null,
    asset: content.asset?.id ?? null,
    sources: [...content.sources].sort(),
    outputs: content.outputs.map(outputText).sort(),
    calldata: content.contract === undefined ? null : sha256(content.contract.calldata),
    value: content.contract?.valueAtomic?.toString() ?? null,
    payload: content.payload ?? null,
  })
}

const outputText = ({ address, addressText, tag, amountAtomic }: Output): string =>
  canonicalJson([
    address === undefined ? { text: addressText } : { key: address.key },
    tag ?? null,
    amountAtomic?.toString() ?? null,
  ])

const sha256 = (value: JsonContent): Digest => digestOf(new TextEncoder().encode(canonicalJson(value)))
