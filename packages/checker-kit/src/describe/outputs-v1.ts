import type { Chain } from '@callback-quorum/chains'
import type { CoboV1KeySign } from '@callback-quorum/protocol'
import type { Output } from '../question.ts'
import { readBaseUnits } from './amounts.ts'
import type { Reading } from './draft.ts'
import { isSameAddress, readOutput } from './output.ts'

type Extra = CoboV1KeySign['extra']

/** The outputs of a transfer: the details when there are any, which `to_address` and `amount` must then not contradict. */
export function readOutputsV1(extra: Extra, chain: Chain | undefined, reading: Reading): readonly Output[] {
  const details = extra.to_address_details_parsed ?? []
  if (details.length === 0) return [readOne(extra.to_address, extra.amount, chain, reading)]

  const outputs = details.map(({ to_address, amount }) => readOne(to_address, amount, chain, reading))
  if (!agree(extra, outputs, chain, reading)) {
    reading.refuse('OUTPUTS_CONTRADICT', 'to_address and amount do not agree with to_address_details')
  }
  return outputs
}

function readOne(
  to: string | undefined,
  amount: string | undefined,
  chain: Chain | undefined,
  reading: Reading,
): Output {
  if (!to) reading.refuse('DESTINATION_UNSUPPORTED', 'an output has no address')
  return readOutput({ addressText: to ?? '', amountAtomic: readBaseUnits(amount, reading.refuse) }, chain, reading)
}

/**
 * No public source says whether `amount` beside several details is their sum or what the one at `to_address` gets: either agrees.
 * What counts is the details, which are never less.
 */
function agree(extra: Extra, outputs: readonly Output[], chain: Chain | undefined, { refuse }: Reading): boolean {
  const { to_address: to, amount } = extra
  const there = to ? outputs.filter(({ addressText }) => isSameAddress(chain, addressText, to)) : outputs
  if (there.length === 0) return false
  if (!amount) return true
  const written = readBaseUnits(amount, refuse)
  return written === sumOf(outputs) || written === sumOf(there)
}

const sumOf = (outputs: readonly Output[]): bigint =>
  outputs.reduce((sum, { amountAtomic = 0n }) => sum + amountAtomic, 0n)
