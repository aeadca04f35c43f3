import { SaxesParser } from 'saxes'
import { malformed, misbuilt } from '../faults.ts'

/** The deepest list seen is 9 deep. */
const DEPTH_MAX = 32

/** What a reader is told, in the order of the document. Names are local names: publishers change their namespaces without notice. */
export interface XmlReader {
  open(element: string, attributes: Readonly<Record<string, string>>, parent: string | undefined): void
  /** `text` is what stands between the last tag before and the closing tag, pieces and CDATA joined, trimmed. */
  close(element: string, parent: string | undefined, text: string): void
  /** Text that is followed by an opening tag, trimmed and not empty. Without it, such text is passed over. */
  mixed?(text: string): void
}

export interface XmlShape {
  readonly root: string
  /** Elements that hold a value: an element inside one of them would cut it in two, so it is refused. */
  readonly textOnly?: ReadonlySet<string>
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/**
 * Reads XML as it streams. Refuses a document type declaration (so there are no entities but the five of XML, and none that grow),
 * another encoding than UTF-8, another root element, nesting beyond DEPTH_MAX, and at `close` whatever is not complete.
 * Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` or `ERR_SANCTIONS_LIST_STRUCTURE`.
 */
export function openXml(shape: XmlShape, reader: XmlReader): { write(text: string): void; close(): void } {
  const xml = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  const walk = new Walk(shape, reader)
  xml.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      throw malformed(`declared in ${encoding.slice(0, 40)}; expected utf-8`)
  })
  xml.on('doctype', () => {
    throw malformed('a document type declaration is not accepted')
  })
  xml.on('opentag', ({ name, attributes }) => {
    walk.open(localName(name), attributes)
  })
  xml.on('closetag', () => {
    walk.close()
  })
  xml.on('text', (text) => {
    walk.addText(text)
  })
  xml.on('cdata', (text) => {
    walk.addText(text)
  })
  xml.on('error', (error) => {
    throw malformed(error.message, error)
  })
  return {
    write: (text) => void xml.write(text),
    close: () => void xml.close(),
  }
}

class Walk {
  readonly #shape: XmlShape
  readonly #reader: XmlReader
  readonly #path: string[] = []
  #text = ''

  constructor(shape: XmlShape, reader: XmlReader) {
    this.#shape = shape
    this.#reader = reader
  }

  open(element: string, attributes: Readonly<Record<string, string>>): void {
    const { root, textOnly } = this.#shape
    const parent = this.#path.at(-1)
    if (parent === undefined && element !== root)
      throw malformed(`the root element is ${element.slice(0, 40)}; expected ${root}`)
    if (parent !== undefined && textOnly?.has(parent) === true)
      throw misbuilt(`${element.slice(0, 40)} inside ${parent}, which holds text only`)
    if (this.#path.length === DEPTH_MAX) throw misbuilt(`elements nest deeper than ${String(DEPTH_MAX)}`)
    const text = this.#takeText()
    if (text !== '') this.#reader.mixed?.(text)
    this.#path.push(element)
    this.#reader.open(element, attributes, parent)
  }

  close(): void {
    const element = this.#path.pop()
    if (element === undefined) throw malformed('an element ends that never began')
    this.#reader.close(element, this.#path.at(-1), this.#takeText())
  }

  addText(text: string): void {
    this.#text += text
  }

  #takeText(): string {
    const text = this.#text.trim()
    this.#text = ''
    return text
  }
}
