import type { ListedRow, ParsedList } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { openXml, type XmlReader } from '../xml/open-xml.ts'
import { entityRows, FREE_TEXT_CODE, type NamedEntity } from './entity-rows.ts'
import { AddressFinder } from './find-addresses.ts'

/** An element inside an entity, given when it closes: children come before their parents. */
export interface EntityPart {
  readonly element: string
  readonly parent: string | undefined
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
}

/** How one publisher lays out its list of names. */
export interface EntityLayout {
  readonly root: string
  /** Names of the elements that are one listed person or thing each, and of their parents. */
  readonly entities: readonly (readonly [element: string, parent: string])[]
  /** Reads who an entity is from its parts; the last one is the entity itself. Throws SanctionsFault. */
  readonly describe: (parts: readonly EntityPart[]) => NamedEntity
  /** The day of publication, YYYY-MM-DD, from the parts outside of all entities; the last one is the root. Throws SanctionsFault. */
  readonly dateOfIssue: (parts: readonly EntityPart[]) => string
}

/**
 * Reads a list of names that has no field for addresses: every text and attribute of an entity is searched for them. Finding none is
 * normal; a file without a single entity is refused. Throws SanctionsFault.
 */
export function createEntityListParser(layout: EntityLayout): FormatReader {
  const reader = new EntityListReader(layout)
  const xml = openXml({ root: layout.root }, reader)
  return {
    write: (text) => {
      xml.write(text)
    },
    end: () => {
      xml.close()
      return reader.finish()
    },
  }
}

class EntityListReader implements XmlReader {
  readonly #layout: EntityLayout
  readonly #finder = new AddressFinder()
  readonly #rows: ListedRow[] = []
  readonly #outside: EntityPart[] = []
  /** Attributes of the elements that are open. */
  readonly #attributes: Readonly<Record<string, string>>[] = []
  #entities = 0
  #entity: { readonly depth: number; readonly parts: EntityPart[]; readonly texts: string[] } | undefined

  constructor(layout: EntityLayout) {
    this.#layout = layout
  }

  open(element: string, attributes: Readonly<Record<string, string>>, parent: string | undefined): void {
    this.#attributes.push(attributes)
    if (this.#layout.entities.some(([name, within]) => name === element && within === parent)) {
      if (this.#entity !== undefined) throw misbuilt(`${element} inside another one`)
      this.#entity = { depth: this.#attributes.length, parts: [], texts: [] }
    } else if (this.#entity === undefined && this.#layout.entities.some(([name]) => name === element))
      throw misbuilt(`${element} inside ${(parent ?? 'nothing').slice(0, 40)}, where none is read`)
    this.#entity?.texts.push(...Object.values(attributes))
  }

  mixed(text: string): void {
    this.#entity?.texts.push(text)
  }

  close(element: string, parent: string | undefined, text: string): void {
    const depth = this.#attributes.length
    const attributes = this.#attributes.pop() ?? {}
    const part = { element, parent, attributes, text }
    if (this.#entity === undefined) {
      this.#outside.push(part)
      return
    }
    this.#entity.parts.push(part)
    this.#entity.texts.push(text)
    if (this.#entity.depth !== depth) return
    this.#entities += 1
    this.#rows.push(...entityRows(this.#layout.describe(this.#entity.parts), this.#entity.texts, this.#finder))
    this.#entity = undefined
  }

  finish(): ParsedList {
    if (this.#entities === 0)
      throw misbuilt(`the list has no ${this.#layout.entities.map(([name]) => name).join(' or ')}`)
    return {
      dateOfIssue: this.#layout.dateOfIssue(this.#outside),
      entities: this.#entities,
      codes: this.#rows.length === 0 ? [] : [FREE_TEXT_CODE],
      rows: this.#rows,
    }
  }
}
