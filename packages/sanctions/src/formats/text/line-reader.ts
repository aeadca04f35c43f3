import { malformed } from '../faults.ts'

/**
 * Cuts a text into lines as it streams in. Lines end in LF or CRLF, the last one too: without, the file may have been cut. A CR of its
 * own is refused. Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED`.
 */
export class LineReader {
  readonly #lengthMax: number
  readonly #onLine: (line: string, number: number) => void
  #rest = ''
  #lines = 0

  /** `onLine` gets each line without its end, counted from 1. `lengthMax` is in characters. */
  constructor(lengthMax: number, onLine: (line: string, number: number) => void) {
    this.#lengthMax = lengthMax
    this.#onLine = onLine
  }

  write(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#end(this.#rest + text.slice(from, end))
      this.#rest = ''
      from = end + 1
    }
    this.#rest += text.slice(from)
    this.#requireLength(this.#rest)
  }

  end(): void {
    if (this.#rest === '') return
    if (this.#rest.includes('\r')) throw this.#carriageReturn()
    throw malformed('the last line has no end; the file may have been cut')
  }

  #end(raw: string): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    this.#lines += 1
    this.#requireLength(line)
    if (line.includes('\r')) throw this.#carriageReturn()
    this.#onLine(line, this.#lines)
  }

  #requireLength(line: string): void {
    if (line.length > this.#lengthMax) throw malformed(`a line of more than ${String(this.#lengthMax)} characters`)
  }

  #carriageReturn(): Error {
    return malformed('a carriage return without a line feed; expected lines that end in LF or CRLF')
  }
}
