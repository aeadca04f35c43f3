import type { AcceptUnbound } from '../config.ts'
import type { CoboRequest } from '@callback-quorum/protocol'
import type { AskedRequest } from '../describe/describe.ts'
import type { Question } from '../question.ts'
import type { Objection } from '../rule.ts'
import { bind, type BindContext } from './bind.ts'

export interface Seeing extends BindContext {
  readonly judges: 'raw' | 'description'
  readonly acceptUnbound: AcceptUnbound
}

/** The question as its rules may see it: bound to the bytes where they judge bytes, or the reasons why that cannot be. */
export function whatIsSigned(
  seeing: Seeing,
  request: AskedRequest,
  question: Question,
): { readonly question: Question } | { readonly objections: readonly [Objection, ...Objection[]] } {
  if ('endpoint' in request || request.kind !== 'keysign') return { question }
  if (seeing.judges === 'description')
    return { question: { ...question, slots: slotsOfBytes(seeing, request, question) } }
  const bound = bind(request, question, seeing)
  switch (bound.result) {
    case 'bound':
      return { question: { ...question, binding: bound.binding } }
    case 'unbound':
      if (isAccepted(seeing.acceptUnbound, question)) return { question }
      return { objections: [{ code: bound.code, text: bound.text }] }
    case 'refused':
      return { objections: bound.objections }
    default:
      throw new Error(`invariant: unknown result ${String(bound satisfies never)}`)
  }
}

/**
 * Beside a judgement on the description alone. Empty where the bytes do not bind, and where the decoder fails in whatever way: then no
 * signature replaces another, and the judgement stays what the description made it.
 */
function slotsOfBytes(seeing: Seeing, request: CoboRequest, question: Question): readonly string[] {
  try {
    const bound = bind(request, question, seeing)
    return bound.result === 'bound' ? bound.binding.slots : []
  } catch {
    return []
  }
}

function isAccepted(accepted: AcceptUnbound, { caller, dialect, chain, operation }: Question): boolean {
  return accepted.some(
    ({ callers, dialects, chains, operations }) =>
      callers.includes(caller) &&
      dialects.includes(dialect) &&
      chain !== undefined &&
      chains.includes(chain.id) &&
      operations.some((named) => named === operation),
  )
}
