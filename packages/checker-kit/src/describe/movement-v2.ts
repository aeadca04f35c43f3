import type { CoboV2Destination } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { readDecimal } from './amounts.ts'
import { readCalldata } from './calldata.ts'
import type { Movement, Reading } from './draft.ts'
import { readOutput } from './output.ts'
import { readOutputsV2 } from './outputs-v2.ts'
import type { Place } from './place.ts'

type ContractCall = Extract<CoboV2Destination, { destination_type: 'EVM_Contract' | 'TRON_Contract' }>

/** What a v2 destination says is done. The payload is what its outputs do not say, so that the content digest holds all of it. */
export function readMovementV2(
  destination: CoboV2Destination,
  operation: Operation,
  place: Place,
  reading: Reading,
): Movement {
  switch (destination.destination_type) {
    case 'Address': {
      const outputs = readOutputsV2(destination, place, reading)
      return operation === 'transfer' ? { operation, outputs } : { operation, outputs, payload: destination }
    }
    case 'EVM_Contract':
    case 'TRON_Contract':
      return readContractCall(destination, operation, place, reading)
    case 'SOL_Contract':
    case 'COSMOS_Contract':
    case 'STELLAR_Contract':
    case 'EVM_EIP_191_Signature':
    case 'EVM_EIP_712_Signature':
    case 'BTC_BIP_137_Signature':
    case 'BTC_BIP_322_Signature':
    case 'COSMOS_ADR_36_Signature':
    case 'Raw_Message_Signature':
      return { operation, outputs: [], payload: destination }
    // Refused when their operation was read.
    case 'CustodialWallet':
    case 'ExchangeWallet':
    case 'DepositToAddress':
    case 'DepositToWallet':
    case 'unknown':
      return { operation: 'other', outputs: [], payload: destination }
    default:
      return destination satisfies never
  }
}

/** The contract is the one output that is known. A deployment has no address yet: the text is empty and nothing canonical stands beside it. */
function readContractCall(call: ContractCall, operation: Operation, place: Place, reading: Reading): Movement {
  const address = call.address ?? ''
  const calldata = readCalldata(call.calldata, reading.refuse)
  // The schema leaves the value out when nothing is paid along.
  const valueAtomic = readDecimal(call.value || '0', place.asset, reading.refuse)
  return {
    operation,
    outputs: [readOutput({ addressText: address, amountAtomic: valueAtomic }, place.chain, reading)],
    contract:
      calldata === undefined ? undefined : { address, calldata, ...(valueAtomic !== undefined && { valueAtomic }) },
  }
}
