import type { Intent, IntentOutput } from '../record/intent.ts'
import { readAmount, readRecipient } from '../record/read-terms.ts'
import { allowedAmounts } from './allowed-amounts.ts'
import { agrees, differs, shown, shownField, type Compared, type Comparison } from './comparison.ts'
import { amountComparator } from './compare-amount.ts'
import type { CompareConfig } from './compare-config.ts'
import { matchOutputs, type Matchable } from './match-outputs.ts'
import type { PaidOutput, Payment } from './payment.ts'

/**
 * The payments of a batch, one to one, in any order: each of the business system is exactly one of the request. One row says whether that is so,
 * and one for each pair what was paired; places count from 0.
 */
export function compareOutputs(
  { outputs: intents }: Pick<Intent, 'outputs'>,
  payment: Payment,
  { amount: rule }: Pick<CompareConfig, 'amount'>,
): readonly Comparison[] {
  const compared: Compared = {
    field: 'outputs',
    comparator: 'one_to_one',
    expected: `${intents.length} payments`,
    actual: `${payment.outputs.length} payments`,
  }
  const expected = readIntents(intents, payment)
  const invalid = expected.flatMap((item) => ('invalid' in item ? item.invalid : []))
  if (invalid.length > 0) {
    const objection = {
      code: 'FIELD_INVALID',
      text: `${invalid[0] ?? ''} of the business system cannot be read`,
      evidence: { invalid },
    }
    return [{ ...compared, ok: false, objection }]
  }
  const allowed = allowedAmounts(rule, payment.asset)
  if (allowed === undefined)
    return [differs(compared, 'AMOUNT_MISMATCH', 'the tolerance of the configuration is finer than the asset')]
  const matching = matchOutputs(
    expected.flatMap((item) => ('invalid' in item ? [] : item)),
    payment.outputs.map(readPaid),
    allowed,
  )
  const pairs = matching.pairs.map(({ expected: at, actual: place }) =>
    agrees({
      field: `outputs[${at}]`,
      comparator: `same_address, equal, ${amountComparator(rule)}`,
      expected: intentText(intents[at]),
      actual: `outputs[${place}] ${paidText(payment.outputs[place])}`,
    }),
  )
  const { expectedLeft, actualLeft } = matching
  if (expectedLeft.length === 0 && actualLeft.length === 0 && pairs.length === payment.outputs.length)
    return [agrees(compared), ...pairs]
  const objection = {
    code: 'OUTPUTS_MISMATCH',
    text: `${expectedLeft.length} payments of the business system and ${actualLeft.length} of the request have no counterpart`,
    evidence: {
      left_over: {
        business_system: expectedLeft.map((index) => ({ index, payment: intentText(intents[index]) })),
        request: actualLeft.map((index) => ({ index, payment: paidText(payment.outputs[index]) })),
      },
    },
  }
  return [{ ...compared, ok: false, objection }, ...pairs]
}

const placeOf = (key: string, tag: string | undefined): string => JSON.stringify([key, tag ?? null])

function readIntents(
  outputs: readonly IntentOutput[],
  { asset }: Payment,
): readonly (Matchable | { readonly invalid: readonly string[] })[] {
  return outputs.map((output, index) => {
    const amount = readAmount(output.amount, asset)
    const recipient = readRecipient(output, asset)
    const faults = [...(amount === undefined ? ['amount'] : []), ...(typeof recipient === 'string' ? [recipient] : [])]
    return amount === undefined || typeof recipient === 'string'
      ? { invalid: faults.map((name) => `outputs[${index}].${name}`) }
      : { index, to: placeOf(recipient.key, recipient.tag), amountAtomic: amount }
  })
}

const readPaid = ({ key, tag, amountAtomic }: PaidOutput, index: number): Matchable => ({
  index,
  to: key === undefined ? undefined : placeOf(key, tag),
  amountAtomic,
})

const intentText = (output: IntentOutput | undefined): string | null =>
  output === undefined
    ? null
    : textOf(shownField(output.amount), shownField(output.destination), shownField(output.tag))

const paidText = (output: PaidOutput | undefined): string | null =>
  output === undefined
    ? null
    : textOf(
        output.amountAtomic.toString(),
        shown(output.addressText),
        output.tag === undefined ? null : shown(output.tag),
      )

const textOf = (amount: string | null, destination: string | null, tag: string | null): string =>
  `${amount ?? ''} to ${destination ?? ''}${tag === null ? '' : ` tag ${tag}`}`
