import { digestOf, type FireblocksTransaction } from '@callback-quorum/protocol'
import type { Output, Question } from '../question.ts'
import { canonicalJson, type JsonContent } from './canonical-json.ts'
import type { Movement } from './draft.ts'
import type { Place } from './place.ts'

/**
 * To whom each output goes in the words of the workspace, whether or not an address stands there yet: what was approved for one vault account is
 * not signed for another, nor for an address outside. Null where nobody is named, as of a one-time address.
 */
export function partiesOf({ destinations = [], destType, destId }: FireblocksTransaction): readonly (string | null)[] {
  if (destinations.length > 0) return destinations.map(({ dstType, dstId }) => partyOf(dstType, dstId))
  // The one word for which the two members are documented to differ.
  return [partyOf(destType === 'EXCHANGE' ? 'EXCHANGE_ACCOUNT' : destType, destId)]
}

const partyOf = (type: JsonContent, id: string | undefined): string | null => (id ? canonicalJson([type, id]) : null)

/**
 * The content field by field, as canonical text; null is what the platform does not say (yet). The stages of a Fireblocks transaction
 * differ by null against a value and by nothing else: fees, bytes, participants, notes, names and valuations are no content.
 */
export function contentFieldsOf(
  wallet: string | undefined,
  { chain, asset }: Place,
  { operation, outputs, contract, payload }: Movement,
  calldata: string | undefined,
  parties: readonly (string | null)[],
): NonNullable<Question['contentFields']> {
  return {
    operation,
    wallet: wallet ?? null,
    chain: chain?.id ?? null,
    asset: asset?.id ?? null,
    outputs: String(outputs.length),
    ...Object.fromEntries(outputs.flatMap((output, index) => outputFields(output, index, parties[index] ?? null))),
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
  party: string | null,
): (readonly [string, string | null])[] => [
  [`outputs[${String(index)}].address`, address?.key ?? (addressText === '' ? null : `text:${addressText}`)],
  [`outputs[${String(index)}].party`, party],
  [`outputs[${String(index)}].tag`, tag ?? null],
  [`outputs[${String(index)}].amount`, amountAtomic?.toString() ?? null],
]

const digestText = (value: JsonContent): string => digestOf(new TextEncoder().encode(canonicalJson(value)))
