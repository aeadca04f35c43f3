import type { Intent } from '../record/intent.ts'
import { agrees, differs, invalid, shownField, type Comparison } from './comparison.ts'
import type { CompareConfig } from './compare-config.ts'
import type { ComparisonRules } from './comparison-rules.ts'
import type { Payment } from './payment.ts'

/** Who asked the platform is who the business system says it was, by the same id or by the operator's table. */
export function compareInitiator(
  { initiator }: Intent,
  { initiator: actual }: Payment,
  { op }: NonNullable<CompareConfig['initiator']>,
  { operators }: Pick<ComparisonRules, 'operators'>,
): Comparison {
  const compared = { field: 'initiator', comparator: op, expected: shownField(initiator), actual: actual ?? null }
  if (initiator.is !== 'text') return invalid(compared, 'a text')
  return actual !== undefined && idsOf(op, initiator.text, operators).includes(actual)
    ? agrees(compared)
    : differs(compared, 'INITIATOR_MISMATCH', 'the initiator is not the one of the business system')
}

function idsOf(
  op: NonNullable<CompareConfig['initiator']>['op'],
  name: string,
  operators: ComparisonRules['operators'],
): readonly string[] {
  switch (op) {
    case 'equal':
      return [name]
    case 'mapped':
      return operators?.idsOf.get(name) ?? []
    default:
      throw new Error(`invariant: unknown comparison ${JSON.stringify(op satisfies never)}`)
  }
}
