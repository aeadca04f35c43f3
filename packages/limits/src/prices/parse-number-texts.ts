import { parseStrictJson, ProtocolFault, type JsonValue } from '@callback-quorum/protocol'

/** In a valid text digits and minus stand in strings and numbers only. Every string ends, so that no match is tried twice. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|[-0-9][-+.0-9eE]*/g

/**
 * Reads JSON as strictly as parseStrictJson, except that every number comes out as its text: 0.1 is '0.1', however many digits it
 * has. Undefined for what is refused, also for text that is not UTF-8.
 */
export function parseNumberTexts(bytes: Uint8Array): JsonValue | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    // Grammar first: quotes around a number make some invalid texts valid, and the pattern counts on strings that end.
    JSON.parse(text)
    return parseStrictJson(text.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`)))
  } catch (error) {
    // TypeError: not UTF-8. RangeError: nested so deep that the parser gives up.
    const isRefused = [SyntaxError, TypeError, RangeError, ProtocolFault].some((kind) => error instanceof kind)
    if (isRefused) return undefined
    throw error
  }
}
