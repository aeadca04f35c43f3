import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { readDay, tryDay } from '../read-day.ts'
import { createEntityListParser, type EntityPart } from './entity-list.ts'
import type { NamedEntity } from './entity-rows.ts'

const NAME_PARTS = ['FIRST_NAME', 'SECOND_NAME', 'THIRD_NAME', 'FOURTH_NAME']

/**
 * Reads the consolidated list of the UN Security Council: `CONSOLIDATED_LIST@dateGenerated`, INDIVIDUALS and ENTITIES, with free text in
 * COMMENTS1 and elsewhere. Layout as read by opensanctions/opensanctions (datasets/_global/un_sc_sanctions). Throws SanctionsFault.
 */
export const createUnParser = (): FormatReader =>
  createEntityListParser({
    root: 'CONSOLIDATED_LIST',
    entities: [
      ['INDIVIDUAL', 'INDIVIDUALS'],
      ['ENTITY', 'ENTITIES'],
    ],
    describe,
    dateOfIssue: (parts) => readDay((parts.at(-1)?.attributes.dateGenerated ?? '').slice(0, 10)),
  })

function describe(parts: readonly EntityPart[]): NamedEntity {
  const own = parts.at(-1)?.element
  const textOf = (element: string): string =>
    parts.find((part) => part.element === element && part.parent === own)?.text ?? ''
  const partyId = textOf('REFERENCE_NUMBER') || textOf('DATAID')
  if (partyId === '') throw misbuilt(`${own ?? 'an entity'} without REFERENCE_NUMBER and DATAID`)
  const designatedOn = tryDay(textOf('LISTED_ON').slice(0, 10))
  return {
    partyId,
    partyName: NAME_PARTS.map(textOf).filter(Boolean).join(' '),
    programs: [textOf('UN_LIST_TYPE')].filter(Boolean),
    listIds: [],
    ...(designatedOn === undefined ? {} : { designatedOn }),
  }
}
