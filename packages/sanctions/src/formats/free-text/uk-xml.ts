import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { createEntityListParser, type EntityPart } from './entity-list.ts'
import type { NamedEntity } from './entity-rows.ts'
import { ukDay } from './uk-day.ts'

const NAME_PARTS = ['Name1', 'Name2', 'Name3', 'Name4', 'Name5', 'Name6']

/** Reads UK-Sanctions-List.xml: `Designations` with `DateGenerated` and one `Designation` each. Throws SanctionsFault. */
export const createUkXmlParser = (): FormatReader =>
  createEntityListParser({
    root: 'Designations',
    entities: [['Designation', 'Designations']],
    describe,
    dateOfIssue: (parts) => {
      const day = ukDay(parts.find(({ element }) => element === 'DateGenerated')?.text ?? '')
      if (day === undefined) throw misbuilt('no DateGenerated')
      return day
    },
  })

function describe(parts: readonly EntityPart[]): NamedEntity {
  const textOf = (element: string): string =>
    parts.find((part) => part.element === element && part.parent === 'Designation')?.text ?? ''
  const partyId = textOf('UniqueID')
  if (partyId === '') throw misbuilt('a Designation without UniqueID')
  const designatedOn = ukDay(textOf('DateDesignated'))
  return {
    partyId,
    partyName: primaryName(parts),
    programs: [textOf('RegimeName')].filter(Boolean),
    listIds: [],
    ...(designatedOn === undefined ? {} : { designatedOn }),
  }
}

/** The parts of a name stand before the `Name` that holds them. */
function primaryName(parts: readonly EntityPart[]): string {
  let name: EntityPart[] = []
  let first = ''
  for (const part of parts) {
    if (part.parent === 'Name') name.push(part)
    if (part.element !== 'Name' || part.parent !== 'Names') continue
    const text = name.filter(({ element }) => NAME_PARTS.includes(element)).map((one) => one.text)
    if (name.some(({ element, text: type }) => element === 'NameType' && /^primary name$/i.test(type)))
      return text.join(' ')
    if (first === '') first = text.join(' ')
    name = []
  }
  return first
}
