import type { ListedRow, ParsedList } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { ownText } from '../own-text.ts'
import { readDay } from '../read-day.ts'
import { openXml, type XmlReader } from '../xml/open-xml.ts'
import { codeOfAddressType } from './address-type.ts'
import { EnhancedEntity } from './enhanced-entity.ts'

const SHAPE = { root: 'sanctionsData', textOnly: new Set(['value', 'type', 'dataAsOf', 'sanctionsList']) }

/**
 * Reads OFAC's ENHANCED.XML (SDN and Consolidated) as it streams; all or nothing. The layout is known from public readers of it, not
 * from a file at hand, so whatever stands unexpected in a feature that holds an address is kept as a row or refuses the file:
 * an address by reference, one type id with two meanings, a type that speaks of digital currency in other words, a feature outside an
 * entity, no `dataAsOf`. Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` or `ERR_SANCTIONS_LIST_STRUCTURE`.
 */
export function createEnhancedParser(): FormatReader {
  const reader = new EnhancedReader()
  const xml = openXml(SHAPE, reader)
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

class EnhancedReader implements XmlReader {
  readonly #rows: ListedRow[] = []
  readonly #codes = new Set<string>()
  /** Feature type id to its words. A list declares them and each feature repeats them. */
  readonly #types = new Map<string, string>()
  #dateOfIssue: string | undefined
  #entity: EnhancedEntity | undefined
  #entities = 0
  #typeId = ''

  open(element: string, attributes: Readonly<Record<string, string>>, parent: string | undefined): void {
    if (element === 'entity' && parent === 'entities') {
      if (this.#entity !== undefined) throw misbuilt('an entity inside another one')
      this.#entity = new EnhancedEntity(attributes.id ?? '')
      return
    }
    if (element === 'featureType') this.#typeId = attributes.featureTypeId ?? ''
    if (element === 'type' && parent === 'feature') this.#typeId = attributes.featureTypeId ?? ''
    if (element === 'feature' && this.#entity === undefined) throw misbuilt('a feature outside of an entity')
    this.#entity?.open(element, attributes, parent)
  }

  mixed(text: string): void {
    this.#entity?.mixed(text)
  }

  close(element: string, parent: string | undefined, text: string): void {
    if (element === 'type' && (parent === 'featureType' || parent === 'feature')) this.#addType(text)
    if (element === 'dataAsOf' && parent === 'publicationInfo') this.#addDate(text)
    if (this.#entity === undefined) return
    if (element === 'entity' && parent === 'entities') {
      this.#entities += 1
      for (const row of this.#entity.rows()) this.#rows.push(row)
      this.#entity = undefined
      return
    }
    this.#entity.close(element, parent, text)
  }

  #addType(text: string): void {
    const code = codeOfAddressType(text)
    if (code !== undefined) this.#codes.add(ownText(code))
    if (this.#typeId === '') return
    const known = this.#types.get(this.#typeId)
    if (known !== undefined && known !== text)
      throw misbuilt(`feature type ${this.#typeId} is "${known.slice(0, 60)}" and "${text.slice(0, 60)}"`)
    if (known === undefined) this.#types.set(this.#typeId, ownText(text))
  }

  #addDate(text: string): void {
    if (this.#dateOfIssue !== undefined) throw misbuilt('dataAsOf is there twice')
    this.#dateOfIssue = readDay(text.slice(0, 10))
  }

  finish(): ParsedList {
    if (this.#entities === 0) throw misbuilt('the list has no entity')
    if (this.#codes.size === 0) throw misbuilt('no feature type is a digital currency address')
    if (this.#dateOfIssue === undefined) throw misbuilt('no dataAsOf')
    return { dateOfIssue: this.#dateOfIssue, entities: this.#entities, codes: [...this.#codes], rows: this.#rows }
  }
}
