import { parseStrictJson, ProtocolFault, type JsonValue } from '@callback-quorum/protocol'
import { AnswerFault } from './answer-fault.ts'

/** Outside of strings, digits stand in numbers only. It is run on valid JSON: every string ends, so nothing is tried twice. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][-+.0-9eE]*/g

/**
 * Reads an answer as strictly as a request (no repeated members, no invalid UTF-8, nothing nested without end), with every number as
 * the text that was sent: a threshold is compared with 7.10 and not with what a double makes of it. Throws AnswerFault.
 */
export function readNumberTexts(body: Uint8Array): JsonValue {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    // Quotes around a number would make some invalid texts valid.
    JSON.parse(text)
    return parseStrictJson(text.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`)))
  } catch (error) {
    // TypeError: not UTF-8. RangeError: nested deeper than the parser can go.
    const isRefused = [SyntaxError, TypeError, RangeError, ProtocolFault].some((kind) => error instanceof kind)
    if (isRefused) throw new AnswerFault('the answer is no strict JSON', { cause: error })
    throw error
  }
}
