import { decodeDescribedCall } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import type { Doing } from './accounts-of.ts'

/**
 * What a transaction that is only to be approved would do, by its call data or message as the description shows them: whoever they name is
 * screened as at the signing. Undefined where that cannot be read, and where something is signed, for which only bytes count.
 */
export function shownToApprove(question: Question): Doing | undefined {
  const { kind, operation, chain, contract, outputs, shownMessage } = question
  if (kind !== 'tx-approval' || chain === undefined) return undefined
  if (operation === 'message') return shownMessage
  const [output, ...others] = outputs
  if (operation !== 'contract-call' || contract?.valueAtomic === undefined) return undefined
  if (output?.address === undefined || others.length > 0) return undefined
  const { calldata: data, valueAtomic } = contract
  const effects = decodeDescribedCall(chain.family, { to: output.address.key, valueAtomic, data })
  return effects === undefined ? undefined : { effects }
}
