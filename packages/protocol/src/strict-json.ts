import { ProtocolFault } from './protocol-fault.ts'
import { losslessNumber } from './strict-number.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export type JsonObject = { readonly [member: string]: JsonValue }

/** The body limit of a callback (DESIGN.md, "Rules that hold everywhere"); nothing inside a body can be longer. */
export const JSON_TEXT_LENGTH_MAX = 4 * 1024 * 1024
/** Known requests nest about ten deep; EIP-712 structures and decoded Safe calls a little deeper. */
export const JSON_DEPTH_MAX = 64

/**
 * Reads JSON so that no two readers can disagree about it (DESIGN.md, "Deciding" 2). Refused: two members of one object whose
 * names are equal but for case, however they are escaped; `__proto__`; invalid UTF-8; a byte order mark; lone surrogates; numbers that a
 * double cannot hold; nesting beyond JSON_DEPTH_MAX; text beyond JSON_TEXT_LENGTH_MAX; anything after the value.
 * Throws ProtocolFault ERR_PROTOCOL_JSON with the offset in `detail`.
 */
export function parseStrictJson(input: Uint8Array | string): JsonValue {
  return scan(input, losslessNumber) as JsonValue
}

/** JSON in which a number is the text that was written. */
export type WrittenJson = null | boolean | NumberText | string | readonly WrittenJson[] | WrittenObject
export type WrittenObject = { readonly [member: string]: WrittenJson }

/** A number as it was written: `1e2` and `100` differ, and no digit is lost. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** As parseStrictJson, but that numbers stay what was written, of any size: for records of others, where one unread member may hold any number. */
export function parseWrittenJson(input: Uint8Array | string): WrittenJson {
  return scan(input, numberTextOf) as WrittenJson
}

const numberTextOf = (text: string): NumberText => new NumberText(text)

function scan(input: Uint8Array | string, readNumber: (text: string) => unknown): unknown {
  if (input.length > JSON_TEXT_LENGTH_MAX) throw new ProtocolFault('ERR_PROTOCOL_JSON', 'text too long')
  return new Scanner(typeof input === 'string' ? input : decodeUtf8(input), readNumber).document()
}

/** As parseStrictJson, but undefined for what it refuses: no JSON value is undefined. */
export function tryStrictJson(input: Uint8Array | string): JsonValue | undefined {
  try {
    return parseStrictJson(input)
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined
    throw error
  }
}

/** As parseWrittenJson, but undefined for what it refuses. */
export function tryWrittenJson(input: Uint8Array | string): WrittenJson | undefined {
  try {
    return parseWrittenJson(input)
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined
    throw error
  }
}

/** A number as it was written is an object of ours, but none of the text. */
export function isWrittenObject(value: unknown): value is WrittenObject {
  return isJsonObject(value) && !(value instanceof NumberText)
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new ProtocolFault('ERR_PROTOCOL_JSON', 'not UTF-8', { cause })
  }
}

/** Go's decoder matches names by simple folding, in which U+017F is an s and U+212A a k: upper case in between covers both. */
function foldCase(name: string): string {
  if (ALREADY_FOLDED.test(name)) return name
  return name.toLowerCase().toUpperCase().toLowerCase()
}

const ALREADY_FOLDED = /^[a-z0-9_]*$/
const WHITE_SPACE = ' \t\n\r'
/** Any UTF-16 unit but control characters, the double quote and the backslash. */
const PLAIN_CHARACTERS = /[\x20-\x21\x23-\x5b\x5d-\uffff]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const FOUR_HEX = /[0-9a-fA-F]{4}/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Values are what `readNumber` makes of numbers, texts, true, false, null, and objects and lists of these; the two callers say so in a type. */
class Scanner {
  readonly #text: string
  readonly #readNumber: (text: string) => unknown
  #at = 0
  #depth = 0

  constructor(text: string, readNumber: (text: string) => unknown) {
    this.#text = text
    this.#readNumber = readNumber
  }

  document(): unknown {
    const value = this.#value()
    if (this.#at < this.#text.length) this.#refuse('text after the value')
    return value
  }

  #value(): unknown {
    this.#skipWhiteSpace()
    const value = this.#bareValue()
    this.#skipWhiteSpace()
    return value
  }

  #bareValue(): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object())
      case '[':
        return this.#nested(() => this.#array())
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > JSON_DEPTH_MAX) this.#refuse('nested too deep')
    this.#at += 1
    const value = read()
    this.#depth -= 1
    return value
  }

  #object(): Readonly<Record<string, unknown>> {
    const object: Record<string, unknown> = {}
    const folded = new Set<string>()
    this.#skipWhiteSpace()
    if (this.#skip('}')) return object
    do {
      this.#skipWhiteSpace()
      const name = this.#string()
      if (name === '__proto__') this.#refuse('member __proto__')
      const fold = foldCase(name)
      if (folded.has(fold)) this.#refuse('member repeated')
      folded.add(fold)
      this.#skipWhiteSpace()
      if (!this.#skip(':')) this.#refuse('colon expected')
      object[name] = this.#value()
    } while (this.#skip(','))
    if (!this.#skip('}')) this.#refuse('comma or } expected')
    return object
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#skipWhiteSpace()
    if (this.#skip(']')) return items
    do items.push(this.#value())
    while (this.#skip(','))
    if (!this.#skip(']')) this.#refuse('comma or ] expected')
    return items
  }

  #string(): string {
    if (!this.#skip('"')) this.#refuse('string expected')
    let text = this.#match(PLAIN_CHARACTERS)
    while (this.#skip('\\')) text += this.#escaped() + this.#match(PLAIN_CHARACTERS)
    if (!this.#skip('"')) this.#refuse('string not ended, or control character in it')
    if (!text.isWellFormed()) this.#refuse('lone surrogate')
    return text
  }

  #escaped(): string {
    const letter = this.#text[this.#at] ?? ''
    this.#at += 1
    if (letter === 'u') {
      const hex = this.#match(FOUR_HEX)
      if (hex === '') this.#refuse('four hex digits expected')
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    return ESCAPES[letter] ?? this.#refuse('unknown escape')
  }

  #number(): unknown {
    const text = this.#match(NUMBER)
    if (text === '') this.#refuse('value expected')
    return this.#readNumber(text) ?? this.#refuse('number that loses digits')
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuse('value expected')
    this.#at += word.length
    return value
  }

  #skipWhiteSpace(): void {
    while (this.#at < this.#text.length && WHITE_SPACE.includes(this.#text.charAt(this.#at))) this.#at += 1
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): string {
    const start = this.#at
    pattern.lastIndex = start
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex
    return this.#text.slice(start, this.#at)
  }

  #refuse(why: string): never {
    throw new ProtocolFault('ERR_PROTOCOL_JSON', `${why} at offset ${String(this.#at)}`)
  }
}
