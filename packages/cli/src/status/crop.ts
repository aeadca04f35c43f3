/** SGR sequences, which picocolors writes; they take no room. */
// eslint cannot know that the escape character is meant: it is built from its number.
const PAINT = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'y')
const RESET = `${String.fromCharCode(27)}[0m`

/** The line, cut to so many columns, with its colours ended where it is cut. Its text is of single-width characters. */
export function crop(line: string, columns: number): string {
  let seen = 0
  let at = 0
  let isPainted = false
  while (at < line.length) {
    PAINT.lastIndex = at
    const paint = PAINT.exec(line)?.[0]
    if (paint !== undefined) {
      at += paint.length
      isPainted = true
      continue
    }
    if (seen === columns) return `${line.slice(0, at)}${isPainted ? RESET : ''}`
    const character = String.fromCodePoint(line.codePointAt(at) ?? 0)
    seen += 1
    at += character.length
  }
  return line
}
