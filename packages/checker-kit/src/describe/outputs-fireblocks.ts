import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Output } from '../question.ts'
import { readDecimal } from './amounts.ts'
import type { Reading } from './draft.ts'
import { isSameAddress, readOutput } from './output.ts'
import type { Place } from './place.ts'

type Destination = NonNullable<FireblocksTransaction['destinations']>[number]

/** What `needs` decides: whether an output without an amount is refused, or one that is not read as a payment. */
type Needs = 'amounts' | 'nothing'

/**
 * The outputs of a transaction (protocol/fireblocks.md 2.2, 2.3), by the members that hold text alone. A vault account as destination has
 * no address before the signing stage: its output is left without one, for the rules that need it to refuse. The payload has no member for a
 * tag, so no output has one.
 */
export function readOutputsFireblocks(
  transaction: FireblocksTransaction,
  place: Place,
  reading: Reading,
  needs: Needs = 'amounts',
): readonly Output[] {
  const { destinations = [], destAddress, amountStr } = transaction
  const stated = readStated(transaction, place, reading)
  const [only, ...others] = destinations
  if (only === undefined) {
    if (needs === 'nothing' && !destAddress && !amountStr) return []
    return [readOne([destAddress], amountStr, place, reading, needs)]
  }
  if (others.length > 0) return destinations.map((one) => readDestination(one, undefined, place, reading, needs))

  const output = readDestination(only, destAddress, place, reading, needs)
  const { amountAtomic } = output
  if (amountAtomic !== undefined && stated.some((amount) => amount !== undefined && amount !== amountAtomic)) {
    reading.refuse('OUTPUTS_CONTRADICT', 'the amount of the destination is not the amount of the transaction')
  }
  return [output]
}

const readDestination = (
  { displayDstAddress, dstAddress, amountNativeStr }: Destination,
  destAddress: string | undefined,
  place: Place,
  reading: Reading,
  needs: Needs,
): Output => readOne([displayDstAddress, dstAddress, destAddress], amountNativeStr, place, reading, needs)

function readOne(
  written: readonly (string | undefined)[],
  amount: string | undefined,
  place: Place,
  reading: Reading,
  needs: Needs,
): Output {
  const [addressText = '', ...others] = written.filter((text) => text !== undefined && text !== '')
  if (others.some((other) => !isSameAddress(place.chain, addressText, other ?? ''))) {
    reading.refuse('OUTPUTS_CONTRADICT', 'a destination is named by different addresses')
  }
  const isRead = needs === 'amounts' || amount !== undefined
  const amountAtomic = isRead ? readDecimal(amount, place.asset, reading.refuse) : undefined
  return readOutput({ addressText, amountAtomic }, place.chain, reading)
}

/** The two differ where the fee is taken out of what was asked for; what then arrives depends on a fee that is only estimated. */
function readStated(
  { amountStr, requestedAmountStr }: FireblocksTransaction,
  { asset }: Place,
  { refuse }: Reading,
): readonly (bigint | undefined)[] {
  const stated = [amountStr, requestedAmountStr]
    .filter((text) => text !== undefined)
    .map((text) => readDecimal(text, asset, refuse))
  if (new Set(stated).size > 1) {
    refuse('OUTPUTS_CONTRADICT', 'amountStr and requestedAmountStr differ; gross amounts are not supported yet')
  }
  return stated
}
