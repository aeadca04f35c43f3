import type { AcceptUnbound } from '../config.ts'
import type { AskedRequest } from '../describe/describe.ts'
import type { Question } from '../question.ts'
import type { Objection } from '../rule.ts'
import { bind, type BindContext } from './bind.ts'
import type { UnboundCode } from './refusal.ts'
import { shownMessageOf } from './shown-message.ts'

export interface Seeing extends BindContext {
  readonly judges: 'raw' | 'description'
  /** Absent: nothing unbound is ever accepted, not even where a platform sends no bytes. */
  readonly acceptUnbound?: AcceptUnbound
}

/** The question as its rules may see it: bound to the bytes where they judge bytes, or the reasons why that cannot be. */
export function whatIsSigned(
  seeing: Seeing,
  request: AskedRequest,
  question: Question,
): { readonly question: Question } | { readonly objections: readonly [Objection, ...Objection[]] } {
  if (question.kind === 'tx-approval') return { question: withMessage(request, question) }
  if (question.kind !== 'keysign' && question.kind !== 'tx-signing') return { question }
  if (seeing.judges === 'description') {
    // Not compared here, but demanded: a signing without bytes is one that nobody could compare.
    if (lacksBytes(request, question)) return { objections: [BYTES_MISSING] }
    return { question: { ...question, slots: slotsOfBytes(seeing, request, question) } }
  }
  const bound = bind(request, question, seeing)
  switch (bound.result) {
    case 'bound':
      return { question: { ...question, binding: bound.binding } }
    case 'unbound':
      if (!isAccepted(seeing.acceptUnbound, bound.code, question))
        return { objections: [{ code: bound.code, text: bound.text }] }
      return { question: bound.binding === undefined ? question : { ...question, binding: bound.binding } }
    case 'refused':
      return { objections: bound.objections }
    default:
      throw new Error(`invariant: unknown result ${String(bound satisfies never)}`)
  }
}

const BYTES_MISSING: Objection = { code: 'RAW_MISSING', text: 'the request holds no bytes to be signed' }

/** Of a Co-signer whose platform sends bytes; a message is its own bytes. */
const lacksBytes = (request: AskedRequest, { operation, rawTx }: Question): boolean =>
  'endpoint' in request &&
  request.endpoint === 'tx' &&
  operation !== 'message' &&
  (request.rawTx ?? []).length === 0 &&
  rawTx !== 'unavailable'

function withMessage(request: AskedRequest, question: Question): Question {
  if (!('endpoint' in request) || request.endpoint !== 'tx' || question.operation !== 'message') return question
  const shownMessage = shownMessageOf(request, question)
  return shownMessage === undefined ? question : { ...question, shownMessage }
}

/**
 * Beside a judgement on the description alone. Empty where the bytes do not bind, and where the decoder fails in whatever way: then no
 * signature replaces another, and the judgement stays what the description made it.
 */
function slotsOfBytes(seeing: Seeing, request: AskedRequest, question: Question): readonly string[] {
  try {
    const bound = bind(request, question, seeing)
    return bound.result === 'bound' ? bound.binding.slots : []
  } catch {
    return []
  }
}

function isAccepted(
  accepted: AcceptUnbound | undefined,
  code: UnboundCode,
  { caller, dialect, chain, operation, rawTx }: Question,
): boolean {
  if (accepted === undefined) return false
  if (code === 'RAW_MISSING' && rawTx === 'unavailable') return true
  return accepted.some(
    ({ callers, dialects, chains, operations }) =>
      callers.includes(caller) &&
      dialects.includes(dialect) &&
      chain !== undefined &&
      chains.includes(chain.id) &&
      operations.some((named) => named === operation),
  )
}
