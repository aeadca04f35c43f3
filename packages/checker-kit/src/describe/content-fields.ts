import { digestOf } from '@callback-quorum/protocol'
import type { Output, Question } from '../question.ts'
import { canonicalJson, type JsonContent } from './canonical-json.ts'
import type { Movement } from './draft.ts'
import type { Place } from './place.ts'

/**
 * The content field by field, as canonical text; null is what the platform does not say (yet). The stages of a Fireblocks transaction
 * differ by null against a value and by nothing else: fees, bytes, participants, notes, names and valuations are no content.
 */
export function contentFieldsOf(
  wallet: string | undefined,
  { chain, asset }: Place,
  { operation, outputs, contract, payload }: Movement,
  calldata: string | undefined,
): NonNullable<Question['contentFields']> {
  return {
    operation,
    wallet: wallet ?? null,
    chain: chain?.id ?? null,
    asset: asset?.id ?? null,
    outputs: String(outputs.length),
    ...Object.fromEntries(outputs.flatMap(outputFields)),
    calldata: calldata === undefined ? null : digestText(calldata),
    value: operation === 'contract-call' ? (outputs[0]?.amountAtomic?.toString() ?? null) : null,
    // What a contract call pays and calls stands in fields of its own.
    payload:
      contract !== undefined || operation === 'contract-call' || payload === undefined ? null : digestText(payload),
  }
}

const outputFields = (
  { address, addressText, tag, amountAtomic }: Output,
  index: number,
): (readonly [string, string | null])[] => [
  [`outputs[${String(index)}].address`, address?.key ?? (addressText === '' ? null : `text:${addressText}`)],
  [`outputs[${String(index)}].tag`, tag ?? null],
  [`outputs[${String(index)}].amount`, amountAtomic?.toString() ?? null],
]

const digestText = (value: JsonContent): string => digestOf(new TextEncoder().encode(canonicalJson(value)))
