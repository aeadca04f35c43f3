import { parseStrictJson, type CoboV1KeySign } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { readBaseUnits } from './amounts.ts'
import { readCalldata } from './calldata.ts'
import type { JsonContent } from './canonical-json.ts'
import type { Movement, Reading } from './draft.ts'
import { readOutput } from './output.ts'
import { readOutputsV1 } from './outputs-v1.ts'
import type { Place } from './place.ts'

type Extra = CoboV1KeySign['extra']

/** What a v1 request says is done. */
export function readMovementV1(
  extra: Extra,
  operation: Operation,
  place: Place,
  signingHashes: readonly string[],
  reading: Reading,
): Movement {
  if (operation === 'transfer') return { operation, outputs: readOutputsV1(extra, place.chain, reading) }
  if (operation === 'contract-call') return readContractCall(extra, place, reading)
  // The description holds no message. Nothing in what is signed varies between retries, so the hashes stand for it.
  if (operation === 'message') return { operation, outputs: [], payload: signingHashes }
  const outputs = extra.to_address ? [readOutput({ addressText: extra.to_address }, place.chain, reading)] : []
  const { transaction_type, operation: code, amount, to_address_details_parsed: details } = extra
  return { operation, outputs, payload: { transaction_type, code, amount, details, parameters: parametersOf(extra) } }
}

/**
 * The call data is expected where WaaS 1.0 takes it, in `extra_parameters.calldata`; without it the contract stays absent, for the rules
 * to refuse. Base units beside a token do not say what the call pays in the chain's coin, so the amount stays unknown.
 */
function readContractCall(extra: Extra, { chain, asset }: Place, reading: Reading): Movement {
  const address = extra.to_address ?? ''
  const written = extra.extra_parameters_parsed?.['calldata']
  const calldata = typeof written === 'string' ? readCalldata(written, reading.refuse) : undefined
  const isCoin = asset !== undefined && asset.contract === undefined
  const valueAtomic = isCoin ? readBaseUnits(extra.amount || '0', reading.refuse) : undefined
  return {
    operation: 'contract-call',
    outputs: [readOutput({ addressText: address, amountAtomic: valueAtomic }, chain, reading)],
    contract:
      calldata === undefined ? undefined : { address, calldata, ...(valueAtomic !== undefined && { valueAtomic }) },
    payload: { amount: extra.amount, parameters: parametersOf(extra) },
  }
}

const parametersOf = ({ extra_parameters: text }: Extra): JsonContent => (text ? parseStrictJson(text) : undefined)
