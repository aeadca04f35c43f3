import { malformed } from '../faults.ts'

/** The longest real cells are statements of reasons of some 10,000 characters. */
const CELL_LENGTH_MAX = 1024 * 1024
/** The UK list has 58 columns, the widest. */
const CELLS_MAX = 1024

export interface CsvOptions {
  readonly delimiter: ',' | ';' | '\t'
  /** The writer of this format ends every record: without, the file may have been cut. */
  readonly lastLineEnd: 'required' | 'optional'
}

type State = 'start of a cell' | 'bare cell' | 'quoted cell' | 'after a quote' | 'after CR'

/**
 * Cuts a CSV text into records as it streams in, by RFC 4180 and nothing more lenient: a quote stands at the start and the end of a
 * cell or doubled inside a quoted one; records end in LF or CRLF; a file that ends inside quotes was cut. Counting the cells is for the
 * caller. Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED`.
 */
export class CsvReader {
  readonly #options: CsvOptions
  readonly #onRecord: (cells: readonly string[], number: number) => void
  readonly #endOfBare: RegExp
  #state: State = 'start of a cell'
  #cell = ''
  #cells: string[] = []
  #records = 0

  /** `onRecord` gets the cells of each record, counted from 1. */
  constructor(options: CsvOptions, onRecord: (cells: readonly string[], number: number) => void) {
    this.#options = options
    this.#onRecord = onRecord
    this.#endOfBare = new RegExp(`["\\r\\n${options.delimiter}]`, 'g')
  }

  write(text: string): void {
    let at = 0
    while (at < text.length) at = this.#step(text, at)
  }

  end(): void {
    if (this.#state === 'quoted cell') throw this.#fault('the file ends inside quotes; it may have been cut')
    if (this.#state === 'after CR') throw this.#carriageReturn()
    if (this.#state === 'start of a cell' && this.#cells.length === 0) return
    if (this.#options.lastLineEnd === 'required')
      throw this.#fault('the last record has no line end; the file may have been cut')
    this.#endRecord()
  }

  /** Takes at least one character, or changes the state; gives the position of the next one. */
  #step(text: string, at: number): number {
    switch (this.#state) {
      case 'start of a cell':
        this.#state = text[at] === '"' ? 'quoted cell' : 'bare cell'
        return this.#state === 'quoted cell' ? at + 1 : at
      case 'bare cell': {
        this.#endOfBare.lastIndex = at
        const end = this.#endOfBare.exec(text)?.index ?? text.length
        this.#append(text.slice(at, end))
        if (end === text.length) return end
        this.#endCell(text.charAt(end))
        return end + 1
      }
      case 'quoted cell': {
        const quote = text.indexOf('"', at)
        const end = quote === -1 ? text.length : quote
        this.#append(text.slice(at, end))
        if (quote !== -1) this.#state = 'after a quote'
        return quote === -1 ? end : end + 1
      }
      case 'after a quote':
        if (text[at] === '"') {
          this.#append('"')
          this.#state = 'quoted cell'
        } else this.#endCell(text.charAt(at))
        return at + 1
      case 'after CR':
        if (text[at] !== '\n') throw this.#carriageReturn()
        this.#endRecord()
        return at + 1
      default:
        this.#state satisfies never
        throw this.#fault('unknown state')
    }
  }

  #endCell(character: string): void {
    switch (character) {
      case this.#options.delimiter:
        this.#pushCell()
        return
      case '\n':
        this.#endRecord()
        return
      case '\r':
        this.#state = 'after CR'
        return
      default:
        throw this.#fault(
          this.#state === 'bare cell' ? 'a quote inside a cell that is not quoted' : 'text after a closing quote',
        )
    }
  }

  #append(text: string): void {
    this.#cell += text
    if (this.#cell.length > CELL_LENGTH_MAX)
      throw this.#fault(`a cell of more than ${String(CELL_LENGTH_MAX)} characters`)
  }

  #pushCell(): void {
    this.#cells.push(this.#cell)
    if (this.#cells.length > CELLS_MAX) throw this.#fault(`more than ${String(CELLS_MAX)} cells`)
    this.#cell = ''
    this.#state = 'start of a cell'
  }

  #endRecord(): void {
    this.#pushCell()
    const cells = this.#cells
    this.#cells = []
    this.#records += 1
    this.#onRecord(cells, this.#records)
  }

  #fault(why: string): Error {
    return malformed(`record ${String(this.#records + 1)}: ${why}`)
  }

  #carriageReturn(): Error {
    return this.#fault('a carriage return without a line feed; expected lines that end in LF or CRLF')
  }
}
