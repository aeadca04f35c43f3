import type { ListedRow } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import { ownText } from '../own-text.ts'
import { tryDay } from '../read-day.ts'
import { codeOfAddressType } from './address-type.ts'
import { featureRows } from './feature-rows.ts'

/** Parts of a feature that are known to hold no value. Anything else in a feature that holds an address is kept as a value of it. */
const NO_VALUES = new Set(['type', 'versionId', 'isPrimary', 'reliability', 'comments', 'comment'])

interface OpenFeature {
  readonly id: string
  hasType: boolean
  code: string | undefined
  comment: string
  hasReference: boolean
  readonly texts: string[]
}

/** Gathers what ENHANCED.XML says of one entity, and gives the rows of its addresses. */
export class EnhancedEntity {
  readonly #id: string
  readonly #rowsOf: ((party: Parameters<typeof featureRows>[1]) => ListedRow[])[] = []
  readonly #programs = new Set<string>()
  readonly #listIds = new Set<string>()
  readonly #dates: string[] = []
  readonly #names: { readonly rank: number; readonly text: string }[] = []
  #isPrimary = { name: false, translation: false }
  #feature: OpenFeature | undefined
  #listId = ''

  /** Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE` without an id. */
  constructor(id: string) {
    if (id === '') throw misbuilt('an entity without id')
    this.#id = ownText(id)
  }

  open(element: string, attributes: Readonly<Record<string, string>>, parent: string | undefined): void {
    if (this.#feature !== undefined && element === 'feature') throw misbuilt('a feature inside another one')
    if (element === 'feature') {
      const id = attributes.id ?? ''
      if (id === '') throw misbuilt(`entity ${this.#id} has a feature without id`)
      this.#feature = { id: ownText(id), hasType: false, code: undefined, comment: '', hasReference: false, texts: [] }
    }
    if (element === 'name' && parent === 'names') this.#isPrimary = { name: false, translation: false }
    if (element === 'translation') this.#isPrimary.translation = false
    if (element === 'sanctionsList') {
      this.#listId = attributes.refId ?? ''
      const day = tryDay((attributes.datePublished ?? '').slice(0, 10))
      if (day !== undefined) this.#dates.push(day)
    }
  }

  mixed(text: string): void {
    this.#feature?.texts.push(ownText(text))
  }

  close(element: string, parent: string | undefined, text: string): void {
    if (this.#feature !== undefined) {
      this.#closeInFeature(this.#feature, element, parent, text)
      return
    }
    switch (element) {
      case 'isPrimary':
        if (parent === 'name') this.#isPrimary.name = text === 'true'
        if (parent === 'translation') this.#isPrimary.translation = text === 'true'
        return
      case 'formattedFullName':
        this.#names.push({
          rank: (this.#isPrimary.name ? 2 : 0) + (this.#isPrimary.translation ? 1 : 0),
          text: ownText(text),
        })
        return
      case 'sanctionsProgram':
        if (text !== '') this.#programs.add(ownText(text))
        return
      case 'sanctionsList':
        // Without an id its words: a list that is only reported is named by id, so this one blocks.
        this.#listIds.add(ownText(this.#listId === '' ? text : this.#listId))
        return
      default:
    }
  }

  #closeInFeature(feature: OpenFeature, element: string, parent: string | undefined, text: string): void {
    if (element === 'feature') {
      if (text !== '') feature.texts.push(ownText(text))
      this.#closeFeature(feature)
      this.#feature = undefined
      return
    }
    if (element === 'type' && parent === 'feature') {
      if (feature.hasType) throw misbuilt(`feature ${feature.id} has two types`)
      feature.hasType = true
      feature.code = codeOfAddressType(text)
    } else if (element === 'valueRefId') feature.hasReference ||= text !== ''
    else if (element === 'comments' || element === 'comment') feature.comment = ownText(text)
    else if (!NO_VALUES.has(element) && text !== '') feature.texts.push(ownText(text))
  }

  #closeFeature({ id, hasType, code, comment, hasReference, texts }: OpenFeature): void {
    if (!hasType) throw misbuilt(`feature ${id} has no type`)
    if (code === undefined) return
    if (hasReference) throw misbuilt(`feature ${id} gives its address by reference`)
    const details = texts.map((text) => ({ text, comment }))
    this.#rowsOf.push((party) => featureRows({ featureId: id, code, details }, party))
  }

  rows(): ListedRow[] {
    const [designatedOn] = this.#dates.sort()
    const best = Math.max(...this.#names.map(({ rank }) => rank))
    const party = {
      partyId: this.#id,
      partyName: this.#names.find(({ rank }) => rank === best)?.text ?? '',
      programs: [...this.#programs],
      listIds: [...this.#listIds],
      ...(designatedOn === undefined ? {} : { designatedOn }),
    }
    return this.#rowsOf.flatMap((rowsOf) => rowsOf(party))
  }
}
