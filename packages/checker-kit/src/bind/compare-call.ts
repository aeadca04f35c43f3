import type { Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import type { Question } from '../question.ts'
import type { RefuseBinding } from './refusal.ts'

/** A contract call calls the contract of the description, with its data and its value. What the data does, the decoded effects say. */
export function compareCall({ contract, chain }: Question, { call }: Decoded, refuse: RefuseBinding): void {
  if (call === undefined || contract === undefined) {
    refuse('RAW_CALL_DIFFERS', 'the bytes are no call of the contract that the description names')
    return
  }
  const key = contract.address === '' ? undefined : readAddress(chain, contract.address)?.key
  const isDeployment = contract.address === '' && call.to === undefined
  if (!isDeployment && (key === undefined || call.to?.key !== key))
    refuse('RAW_CALL_DIFFERS', 'the bytes call another contract than the description names')
  if (call.data !== contract.calldata)
    refuse('RAW_CALL_DIFFERS', 'the call data in the bytes is not that of the description')
  if (call.valueAtomic !== contract.valueAtomic)
    refuse('RAW_AMOUNT_DIFFERS', 'the call sends another amount of coins than the description says')
}
