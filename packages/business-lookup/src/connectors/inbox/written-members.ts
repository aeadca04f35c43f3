/**
 * Cuts the members of an object out of JSON text as they were written, so that a record inside an envelope keeps its bytes. Only for text that
 * parseWrittenJson has read as an object: here nothing is checked again.
 */
export function writtenMembers(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  let at = skipSpace(text, text.indexOf('{') + 1)
  while (text[at] !== '}') {
    if (at >= text.length) notRead()
    const nameEnd = endOfValue(text, at)
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const start = skipSpace(text, text.indexOf(':', nameEnd) + 1)
    const end = endOfValue(text, start)
    members.set(name, text.slice(start, end))
    at = nextItem(text, end)
  }
  return members
}

/** As writtenMembers, for the elements of a list. */
export function writtenElements(text: string): readonly string[] {
  const elements: string[] = []
  let at = skipSpace(text, text.indexOf('[') + 1)
  while (text[at] !== ']') {
    if (at >= text.length) notRead()
    const end = endOfValue(text, at)
    elements.push(text.slice(at, end))
    at = nextItem(text, end)
  }
  return elements
}

const SPACE = /[ \t\n\r]*/y
/** A number, true, false or null. */
const WORD = /[^ \t\n\r,\]}]*/y

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  pattern.test(text)
  return pattern.lastIndex
}

const skipSpace = (text: string, at: number): number => endOf(SPACE, text, at)

/** Behind the comma, or at the bracket that closes. */
function nextItem(text: string, at: number): number {
  const end = skipSpace(text, at)
  return text[end] === ',' ? skipSpace(text, end + 1) : end
}

function endOfValue(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return endOfString(text, start)
  if (first !== '{' && first !== '[') return endOf(WORD, text, start)
  let depth = 0
  let at = start
  do {
    const character = at < text.length ? text[at] : notRead()
    if (character === '{' || character === '[') depth += 1
    if (character === '}' || character === ']') depth -= 1
    at = character === '"' ? endOfString(text, at) : at + 1
  } while (depth > 0)
  return at
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') {
    if (at >= text.length) notRead()
    at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

function notRead(): never {
  throw new Error('invariant: this text was not read as JSON before')
}
