import type { CoboV2Destination } from '@callback-quorum/protocol'
import type { Output } from '../question.ts'
import { readDecimal } from './amounts.ts'
import type { Reading } from './draft.ts'
import { isSameAddress, readOutput } from './output.ts'
import type { Place } from './place.ts'

type Payment = Extract<CoboV2Destination, { destination_type: 'Address' }>
type Written = NonNullable<Payment['account_output']>

/**
 * The outputs of a payment. `change_address`, `force_internal` and `force_external` change nothing: that an address is ours is
 * shown by addresses.yaml alone (domain/limits.md 2.3).
 */
export function readOutputsV2(payment: Payment, place: Place, reading: Reading): readonly Output[] {
  const { account_output: account, utxo_outputs: utxos = [] } = payment
  const single = account !== undefined && isWritten(account) ? readOne(account, place, reading) : undefined
  const several = utxos.map((output) => readOne(output, place, reading))
  if (single === undefined && several.length === 0) {
    reading.refuse('DESTINATION_UNSUPPORTED', 'the destination names no output')
  }
  if (single === undefined) return several
  const [only] = several
  const agrees = only !== undefined && several.length === 1 && isSameOutput(single, only, place)
  if (several.length > 0 && !agrees) {
    reading.refuse('OUTPUTS_CONTRADICT', 'account_output and utxo_outputs name different payments')
  }
  return [single]
}

const isWritten = ({ address, memo, amount }: Written): boolean => Boolean(address || memo || amount)

function readOne(written: Written, place: Place, reading: Reading): Output {
  if (!written.address) reading.refuse('DESTINATION_UNSUPPORTED', 'an output has no address')
  const amountAtomic = readDecimal(written.amount, place.asset, reading.refuse)
  return readOutput({ addressText: written.address ?? '', tag: written.memo, amountAtomic }, place.chain, reading)
}

const isSameOutput = (one: Output, other: Output, { chain }: Place): boolean =>
  one.amountAtomic === other.amountAtomic && isSameAddress(chain, one.addressText, other.addressText)
