import { PartyCollector } from './party-collector.ts'
import type { ParsedList } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { ownText } from '../own-text.ts'
import { readDay } from '../read-day.ts'
import { openXml, type XmlReader } from '../xml/open-xml.ts'
import { codeOfAddressType } from './address-type.ts'

const SHAPE = { root: 'Sanctions', textOnly: new Set(['VersionDetail', 'FeatureType']) }

/**
 * Where the elements stand that make a row. In another place they would be passed over, or end what is being read around them, and
 * addresses with them: so it is in the full list of 2025-11-19, and a list where it is not is refused.
 */
const PARENTS: ReadonlyMap<string, string> = new Map([
  ['DistinctParty', 'DistinctParties'],
  ['Profile', 'DistinctParty'],
  ['Feature', 'Profile'],
  ['FeatureVersion', 'Feature'],
  ['VersionDetail', 'FeatureVersion'],
  ['SanctionsEntry', 'SanctionsEntries'],
])

/**
 * Reads OFAC's ADVANCED.XML as it streams, in constant memory apart from the rows; all or nothing. Elements are matched by local
 * name (the namespace changed in May 2024). Refuses what could hide an address: a document type declaration (so there are no
 * entities but the five of XML), a party before the map of feature types, a feature whose type is not in the map, a feature type
 * that speaks of digital currency in other words, a file without any address type, a cut file.
 * Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` or `ERR_SANCTIONS_LIST_STRUCTURE`. Source: domain/sanctions 1.1 and 1.3.
 */
export function createAdvancedParser(): FormatReader {
  const reader = new AdvancedReader()
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

class AdvancedReader implements XmlReader {
  readonly #parties = new PartyCollector()
  /** Feature type id to its code; undefined for a type that holds no address. */
  readonly #featureTypes = new Map<string, string | undefined>()
  #isMapClosed = false
  #hasEntries = false
  #featureTypeId = ''
  #isNamed = { identity: false, alias: false, name: false }
  #feature: ReturnType<PartyCollector['addFeature']> | undefined
  #version = { comment: '', texts: [] as string[] }
  #date: Record<string, string> = {}
  #entry: { profileId: string; listId: string; programs: string[]; dates: string[] } | undefined
  #dateOfIssue: string | undefined

  open(element: string, attributes: Readonly<Record<string, string>>, parent: string | undefined): void {
    const expected = PARENTS.get(element)
    if (expected !== undefined && parent !== expected)
      throw misbuilt(`${element} inside ${String(parent).slice(0, 40)}; expected ${expected}`)
    if (attributes.DeltaAction !== undefined) throw misbuilt('a file of changes; expected the whole list')
    const required = (attribute: string): string => {
      const value = attributes[attribute]
      if (value === undefined || value === '') throw misbuilt(`${element} without ${attribute}`)
      return value
    }
    this.#openPart(element, required, attributes)
  }

  #openPart(
    element: string,
    required: (attribute: string) => string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    switch (element) {
      case 'FeatureType':
        if (this.#isMapClosed) throw misbuilt('a feature type after the map of feature types was closed')
        this.#featureTypeId = required('ID')
        return
      case 'DistinctParty':
        if (!this.#isMapClosed) throw misbuilt('a party comes before the map of feature types')
        if (this.#hasEntries) throw misbuilt('a party comes after the sanctions entries')
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
        this.#hasEntries = true
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

  close(element: string, parent: string | undefined, text: string): void {
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
        this.#version.texts.push(ownText(text))
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
        this.#dateOfIssue = dayOf(this.#date)
        return
      case 'Date':
        if (parent === 'EntryEvent') this.#entry?.dates.push(dayOf(this.#date))
        return
      case 'SanctionsEntry':
        this.#closeEntry()
        return
      default:
    }
  }

  #addFeatureType(text: string): void {
    const code = codeOfAddressType(text)
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
    return {
      dateOfIssue: this.#dateOfIssue,
      entities: this.#parties.count,
      codes: [...new Set(codes)],
      rows: this.#parties.rows(),
    }
  }
}

const dayOf = ({ Year = '', Month = '', Day = '' }: Record<string, string>): string =>
  readDay(`${Year}-${Month.padStart(2, '0')}-${Day.padStart(2, '0')}`)
