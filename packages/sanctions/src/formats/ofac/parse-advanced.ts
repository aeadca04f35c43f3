import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { SanctionsFault } from '../../faults.ts'
import { PartyCollector } from './party-collector.ts'
import type { ParsedList } from '../../list/listed-row.ts'
import type { FormatReader } from '../format.ts'

const ROOT = 'Sanctions'
/** The sign by which an address type is known; ids and codes are never hard-coded, new ones come without notice (DOGE in 2026). */
const ADDRESS_TYPE = /^Digital Currency Address - (.+)$/
const LOOKS_LIKE_ADDRESS_TYPE = /digital\s*currency/i
/** The real file nests 9 deep. */
const DEPTH_MAX = 32

const malformed = (message: string, cause?: unknown): SanctionsFault =>
  new SanctionsFault('ERR_SANCTIONS_LIST_MALFORMED', message, { cause })
const misbuilt = (message: string): SanctionsFault => new SanctionsFault('ERR_SANCTIONS_LIST_STRUCTURE', message)
const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/**
 * Reads OFAC's ADVANCED.XML as it streams, in constant memory apart from the rows; all or nothing. Elements are matched by local
 * name (the namespace changed in May 2024). Refuses what could hide an address: a document type declaration (so there are no
 * entities but the five of XML), a party before the map of feature types, a feature whose type is not in the map, a feature type
 * that speaks of digital currency in other words, a file without any address type, a cut file.
 * Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` or `ERR_SANCTIONS_LIST_STRUCTURE`. Source: domain/sanctions 1.1 and 1.3.
 */
export function createAdvancedParser(): FormatReader {
  const xml = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  const reader = new AdvancedReader()
  xml.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      throw malformed(`declared in ${encoding}; expected utf-8`)
  })
  xml.on('doctype', () => {
    throw malformed('a document type declaration is not accepted')
  })
  xml.on('opentag', (tag) => {
    reader.open(tag)
  })
  xml.on('closetag', (tag) => {
    reader.close(localName(tag.name))
  })
  xml.on('text', (text) => {
    reader.addText(text)
  })
  xml.on('cdata', (text) => {
    reader.addText(text)
  })
  xml.on('error', (error) => {
    throw malformed(error.message, error)
  })
  return {
    write: (text) => void xml.write(text),
    end: () => {
      xml.close()
      return reader.finish()
    },
  }
}

class AdvancedReader {
  readonly #parties = new PartyCollector()
  readonly #path: string[] = []
  /** Feature type id to its code; undefined for a type that holds no address. */
  readonly #featureTypes = new Map<string, string | undefined>()
  #isMapClosed = false
  #featureTypeId = ''
  #text = ''
  #isNamed = { identity: false, alias: false, name: false }
  #feature: ReturnType<PartyCollector['addFeature']> | undefined
  #version = { comment: '', texts: [] as string[] }
  #date: Record<string, string> = {}
  #entry: { profileId: string; listId: string; programs: string[]; dates: string[] } | undefined
  #dateOfIssue: string | undefined

  open({ name, attributes }: SaxesTagPlain): void {
    const element = localName(name)
    const parent = this.#path.at(-1)
    if (parent === undefined && element !== ROOT)
      throw malformed(`the root element is ${element.slice(0, 40)}; expected ${ROOT}`)
    if (parent === 'VersionDetail' || parent === 'FeatureType')
      throw misbuilt(`${element} inside ${parent}, which holds text only`)
    if (element === 'VersionDetail' && parent !== 'FeatureVersion')
      throw misbuilt(`VersionDetail inside ${String(parent)}`)
    this.#path.push(element)
    if (this.#path.length > DEPTH_MAX) throw misbuilt(`elements nest deeper than ${String(DEPTH_MAX)}`)
    this.#text = ''
    const required = (attribute: string): string => {
      const value = attributes[attribute]
      if (value === undefined || value === '') throw misbuilt(`${element} without ${attribute}`)
      return value
    }
    this.#openPart(element, required, attributes)
  }

  #openPart(element: string, required: (attribute: string) => string, attributes: Record<string, string>): void {
    switch (element) {
      case 'FeatureType':
        if (this.#isMapClosed) throw misbuilt('a feature type after the map of feature types was closed')
        this.#featureTypeId = required('ID')
        return
      case 'DistinctParty':
        if (!this.#isMapClosed) throw misbuilt('a party comes before the map of feature types')
        this.#isNamed = { identity: false, alias: false, name: false }
        this.#parties.openParty(required('FixedRef'))
        return
      case 'Profile':
        this.#parties.addProfile(required('ID'))
        return
      case 'Identity':
        this.#isNamed.identity = attributes.Primary === 'true'
        return
      case 'Alias':
        this.#isNamed.alias = this.#isNamed.identity && attributes.Primary === 'true'
        return
      case 'Feature':
        this.#openFeature(required('ID'), required('FeatureTypeID'))
        return
      case 'FeatureVersion':
        this.#version = { comment: '', texts: [] }
        return
      case 'DateOfIssue':
      case 'Date':
        this.#date = {}
        return
      case 'SanctionsEntry':
        this.#entry = { profileId: required('ProfileID'), listId: required('ListID'), programs: [], dates: [] }
        return
      default:
    }
  }

  #openFeature(featureId: string, typeId: string): void {
    if (!this.#featureTypes.has(typeId))
      throw misbuilt(`feature ${featureId} is of type ${typeId}, which the list does not define`)
    const code = this.#featureTypes.get(typeId)
    this.#feature = code === undefined ? undefined : this.#parties.addFeature(featureId, code)
  }

  addText(text: string): void {
    this.#text += text
  }

  close(element: string): void {
    this.#path.pop()
    const text = this.#text.trim()
    this.#text = ''
    this.#closePart(element, this.#path.at(-1), text)
  }

  #closePart(element: string, parent: string | undefined, text: string): void {
    switch (element) {
      case 'FeatureType':
        this.#addFeatureType(text)
        return
      case 'FeatureTypeValues':
        this.#isMapClosed = true
        return
      case 'DistinctParty':
        this.#parties.closeParty()
        return
      case 'NamePartValue':
        if (this.#isNamed.alias && !this.#isNamed.name) this.#parties.addNamePart(text)
        return
      case 'DocumentedName':
        // The first documented name of the primary alias is the Latin one; the others are its spellings in other scripts.
        if (this.#isNamed.alias) this.#isNamed.name = true
        return
      case 'VersionDetail':
        this.#version.texts.push(text)
        return
      case 'FeatureVersion':
        this.#feature?.details.push(
          ...this.#version.texts.map((detail) => ({ text: detail, comment: this.#version.comment })),
        )
        return
      case 'Feature':
        this.#feature = undefined
        return
      case 'Comment':
        if (parent === 'FeatureVersion') this.#version.comment = text
        if (parent === 'SanctionsMeasure' && text !== '') this.#entry?.programs.push(text)
        return
      default:
        this.#closeDatePart(element, parent, text)
    }
  }

  #closeDatePart(element: string, parent: string | undefined, text: string): void {
    switch (element) {
      case 'Year':
      case 'Month':
      case 'Day':
        this.#date[element] = text
        return
      case 'DateOfIssue':
        this.#dateOfIssue = readDate(this.#date)
        return
      case 'Date':
        if (parent === 'EntryEvent') this.#entry?.dates.push(readDate(this.#date))
        return
      case 'SanctionsEntry':
        this.#closeEntry()
        return
      default:
    }
  }

  #addFeatureType(text: string): void {
    const code = ADDRESS_TYPE.exec(text)?.[1]
    if (code === undefined && LOOKS_LIKE_ADDRESS_TYPE.test(text))
      throw misbuilt(`feature type "${text.slice(0, 80)}" has an unknown form`)
    if (this.#featureTypes.has(this.#featureTypeId))
      throw misbuilt(`feature type ${this.#featureTypeId} is defined twice`)
    this.#featureTypes.set(this.#featureTypeId, code)
  }

  #closeEntry(): void {
    if (this.#entry === undefined) return
    const { profileId, listId, programs, dates } = this.#entry
    const [designatedOn] = dates.sort()
    this.#parties.addEntry({ profileId, listId, programs, ...(designatedOn === undefined ? {} : { designatedOn }) })
    this.#entry = undefined
  }

  finish(): ParsedList {
    const codes = [...this.#featureTypes.values()].filter((code) => code !== undefined)
    if (codes.length === 0) throw misbuilt('no feature type is a digital currency address')
    if (this.#dateOfIssue === undefined) throw misbuilt('no date of issue')
    return { dateOfIssue: this.#dateOfIssue, codes: [...new Set(codes)], rows: this.#parties.rows() }
  }
}

function readDate({ Year, Month, Day }: Record<string, string>): string {
  const text = `${Year ?? ''}-${(Month ?? '').padStart(2, '0')}-${(Day ?? '').padStart(2, '0')}`
  const day = new Date(`${text}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
    throw misbuilt(`"${text.slice(0, 20)}" is not a date`)
  return text
}
