/** Enough for a decision id, a checker and its codes; short enough for every log line and screen. */
export const ERROR_TEXT_LENGTH_MAX = 1_000

/** Printable ASCII only, cut to `lengthMax`: what may stand in an answer, a log or a terminal without changing its meaning. */
export function printableText(text: string, lengthMax: number = ERROR_TEXT_LENGTH_MAX): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax - 3)}...` : text
  return cut.replace(/[^\x20-\x7e]/g, '?')
}
